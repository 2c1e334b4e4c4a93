"""Hit rate of lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._lists import UNDEFINED, firsts
from forecastlab.schema import Scored


@dataclass(frozen=True)
class HitRate:
    """The share of customers who bought at least one of the first items on their list (1 is perfect).

    All customers with a list count, those too who bought nothing. NaN without a list.
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
        return float((found.hits > 0).mean())


PART = HitRate
