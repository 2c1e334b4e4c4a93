"""Items as the answer: which products each customer is offered, and what a method sees to choose them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ItemKind = Literal["items"]
"""What is foretold: which items a customer buys."""

Floats = NDArray[np.float64]

RULES = ["antecedent", "consequent", "count", "support", "confidence", "lift", "leverage"]
"""Columns of rules: who has the antecedent (names, joined) buys the consequent."""


@dataclass(frozen=True)
class ItemCustomers:
    """Customers of whom items are asked: what each had bought by then, and the segment.

    ``owned`` has a row per customer and a column per item, 1 where it was bought.
    """

    owned: csr_array
    segments: NDArray[np.str_]


@dataclass(frozen=True)
class ItemPast:
    """All that a method sees: the baskets up to the cutoff, and everybody who had bought.

    ``items`` are the names in order. ``baskets`` has a row per basket and a column per item, 1 where the basket holds
    it; ``buyer`` is the place of its customer in ``customers``, ``day`` its day (since 1970). ``popularity`` is how
    many customers bought each item within the last ``window`` days up to the day ``cutoff``.
    """

    items: NDArray[np.str_]
    baskets: csr_array
    buyer: NDArray[np.intp]
    day: NDArray[np.int64]
    customers: ItemCustomers
    popularity: NDArray[np.int64]
    cutoff: int
    window: int


@dataclass(frozen=True)
class ItemScores:
    """The answer: a row per asked customer and a column per item, the more the likelier; -inf: not to be offered.

    ``because`` is, beside each score, the place of the rule in ``FittedItems.rules`` that it comes from; -1: none.
    """

    values: Floats
    because: NDArray[np.intp] | None


class FittedItems(Protocol):
    """A method as fitted on the past of one fold."""

    @property
    def rules(self) -> pd.DataFrame:
        """The rules that it goes by (see ``RULES``); empty where it has none."""
        ...

    def score(self, customers: ItemCustomers) -> ItemScores:
        """How likely each of these customers is to buy each item."""
        ...


@runtime_checkable
class ItemModel(Protocol):
    """A method that says which items a customer will buy."""

    @property
    def kinds(self) -> tuple[ItemKind, ...]:
        """What it can foretell: items."""
        ...

    def learn(self, past: ItemPast) -> FittedItems:
        """Learn from the past. Raises ConfigError, DataError where it cannot."""
        ...


@dataclass(frozen=True)
class Offer:
    """What may be offered to a customer."""

    item: Annotated[str, Field(description="what an item is: a dimension of the data, such as category")]
    only: Annotated[
        Literal["new", "any"],
        Field(description="new: only what the customer never bought before; any: also what the customer buys already"),
    ]
    length: Annotated[int, Field(ge=1, le=100, description="items on a customer's list")]
    without: Annotated[tuple[str, ...], Field(description="items that are never offered and never count")]
    window: Annotated[str, Field(description="what is popular is what most customers bought within this time")]


@runtime_checkable
class ItemTarget(Protocol):
    """A target of which the answer is a list of items for each customer."""

    @property
    def freq(self) -> str:
        """Length of a period: the horizon of the backtest counts these."""
        ...

    @property
    def kind(self) -> ItemKind:
        """Items are foretold."""
        ...

    @property
    def offer(self) -> Offer:
        """What may be offered."""
        ...

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Why nothing is asked of each customer; empty for those of whom it is asked.

        ``known`` has a row per customer: ``recency``, the days since the last purchase.
        """
        ...
