"""Recall of lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._lists import UNDEFINED, firsts
from forecastlab.schema import Scored


@dataclass(frozen=True)
class ListRecall:
    """The share of what a customer bought that the first items on the list held, on average (1 is perfect).

    Of customers who bought at least one of the items that could have been offered; NaN where nobody did.
    """

    at: Annotated[int, Field(ge=1, description="items of each list that count, its first ones")]

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: items for customers."""
        return ("items",)

    @property
    def target(self) -> float:
        """The best score."""
        return 1.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean share, from 0 to 1."""
        found = firsts(scored, self.at)
        if found is None or not (found.wanted > 0).any():
            return UNDEFINED
        some = found.wanted > 0
        return float((found.hits[some] / found.wanted[some]).mean())


PART = ListRecall
