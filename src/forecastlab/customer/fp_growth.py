"""Association rules found by FP-growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from forecastlab.customer import _itemsets
from forecastlab.customer._rules import FittedRules, rules_of
from forecastlab.schema.items import ItemKind, ItemPast


@dataclass(frozen=True)
class FpGrowth:
    """Association rules, grown on a tree of the baskets: the same rules as those of Apriori.

    A customer's score of an item is that of the strongest rule whose antecedent was bought; where there is none, that
    of buying the item at all. Counts are whole numbers, thresholds are as written in decimals.
    """

    of: Annotated[
        Literal["basket", "customer"],
        Field(description="what is bought together: in a basket, or by a customer at all"),
    ]
    recent: Annotated[str | None, Field(description="only what was bought within this time counts; null: all")]
    min_support: Annotated[float, Field(gt=0, le=1, description="share of baskets, or customers, that hold a rule")]
    min_confidence: Annotated[float, Field(ge=0, le=1, description="share of those with the antecedent")]
    by: Annotated[Literal["confidence", "lift", "leverage"], Field(description="by what rules and items are ranked")]
    length: Annotated[int, Field(ge=2, le=5, description="items of a rule, its consequent included")]
    most: Annotated[int, Field(ge=1, description="sets of items that are held at most; more are an error")]

    @property
    def kinds(self) -> tuple[ItemKind, ...]:
        """Items."""
        return ("items",)

    def learn(self, past: ItemPast) -> FittedRules:
        """Find the rules. Raises ConfigError where there are too many."""
        rows = _itemsets.transactions(past, self.of, self.recent)
        n = int(rows.shape[0])
        sets = _itemsets.fp_growth(rows, _itemsets.least(self.min_support, n), self.length, self.most)
        counts = np.asarray(rows.sum(axis=0), dtype=np.int64).ravel()
        return rules_of(sets, n, self.min_confidence, self.by, past.items, counts)


PART = FpGrowth
