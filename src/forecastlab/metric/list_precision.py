"""Precision of lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._lists import UNDEFINED, firsts
from forecastlab.schema import Scored


@dataclass(frozen=True)
class ListPrecision:
    """The share of the first items on all lists that were bought (1 is perfect).

    NaN without a list.
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
        """The share, from 0 to 1."""
        found = firsts(scored, self.at)
        if found is None:
            return UNDEFINED
        return float(found.hits.sum() / found.offered.sum())


PART = ListPrecision
