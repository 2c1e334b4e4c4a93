"""Lift of lists over what is most popular."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._lists import UNDEFINED, firsts
from forecastlab.schema import Scored


@dataclass(frozen=True)
class PopularLift:
    """How many times as many customers bought from their list as from the most popular items (1 is no gain).

    The hit rate over that of the list that everybody would get: what most customers bought within the window of the
    target, without what may not be offered. NaN where nobody bought from that one.
    """

    at: Annotated[int, Field(ge=1, description="items of each list that count, its first ones")]

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: items for customers."""
        return ("items",)

    @property
    def target(self) -> float:
        """The best score: the more the better."""
        return math.inf

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The ratio, at least 0."""
        found = firsts(scored, self.at)
        if found is None or not (found.popular > 0).any():
            return UNDEFINED
        return float((found.hits > 0).mean() / (found.popular > 0).mean())


PART = PopularLift
