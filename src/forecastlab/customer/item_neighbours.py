"""Items that are bought by the same customers: a simple baseline of recommending that is hard to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._itemsets import transactions
from forecastlab.schema.items import RULES, Floats, ItemCustomers, ItemKind, ItemPast, ItemScores

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CELLS = 4_000_000
"""Pairs of items that are compared at a time."""


@dataclass(frozen=True)
class FittedNeighbours:
    """How alike each item (row) is to its neighbours (column), as a sparse matrix in three arrays."""

    values: Floats
    places: np.ndarray
    starts: np.ndarray

    @property
    def rules(self) -> pd.DataFrame:
        """None."""
        return pd.DataFrame(columns=RULES)

    def score(self, customers: ItemCustomers) -> ItemScores:
        """The sum of how alike an item is to those that the customer has bought; -inf where it is to none."""
        from scipy.sparse import csr_array

        n = customers.owned.shape[1]
        alike = csr_array((self.values, self.places, self.starts), (n, n))
        told = (customers.owned @ alike).toarray()
        return ItemScores(np.where(told > 0, told, -np.inf), None)


@dataclass(frozen=True)
class ItemNeighbours:
    """Item-based neighbours: offered is what is bought by those who buy what the customer has bought.

    Two items are alike by the cosine of who bought them, shrunk where they have few buyers in common: n(a, b) /
    (sqrt(n(a) n(b)) + shrink). Deshpande and Karypis, Item-based top-N recommendation algorithms, 2004.
    """

    of: Annotated[Literal["basket", "customer"], Field(description="what is bought together: in a basket, or at all")]
    recent: Annotated[str | None, Field(description="only what was bought within this time counts; null: all")]
    neighbours: Annotated[int, Field(ge=1, description="neighbours of each item that count, the most alike ones")]
    shrink: Annotated[float, Field(ge=0, description="how much few buyers in common count for less")]

    @property
    def kinds(self) -> tuple[ItemKind, ...]:
        """Items."""
        return ("items",)

    def learn(self, past: ItemPast) -> FittedNeighbours:
        """Compare all items with each other, a part at a time. Raises ConfigError."""
        rows = transactions(past, self.of, self.recent).tocsc()
        counts = np.asarray(rows.sum(axis=0), dtype=np.float64).ravel()
        width = max(1, CELLS // max(len(counts), 1))
        parts = [self._part(rows, counts, start, width) for start in range(0, len(counts), width)]
        values, places, sizes = (np.concatenate(each) for each in zip(*parts, strict=True))
        return FittedNeighbours(values, places, np.append(0, np.cumsum(sizes)))

    def _part(self, rows: csr_array, counts: Floats, start: int, width: int) -> tuple[Floats, np.ndarray, np.ndarray]:
        """The neighbours of some items: how alike, which, and how many of each. Of equal ones the first by name."""
        together = (rows[:, start : start + width].T @ rows).toarray().astype(np.float64)
        own = np.arange(len(together))
        together[own, own + start] = 0
        scale = np.sqrt(np.outer(counts[start : start + width], counts)) + self.shrink
        alike = np.divide(together, scale, out=np.zeros_like(together), where=scale > 0)
        order = np.argsort(-alike, axis=1, kind="stable")[:, : self.neighbours]
        order.sort(axis=1)
        kept = np.take_along_axis(alike, order, axis=1)
        there = kept > 0
        return kept[there], order[there], there.sum(axis=1)


PART = ItemNeighbours
