"""Lift of the top of the list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._events import UNDEFINED, judged, top
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Lift:
    """How many times as many customers with the event are at the top of the list as in all of it (1 is chance).

    Share of events among the ``share`` of customers with the highest scores, over the share among all. Of customers
    with equal scores at the border a fitting fraction counts. NaN without an event.
    """

    share: Annotated[float, Field(gt=0, lt=1, description="share of the customers, those with the highest scores")]

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: events of customers."""
        return ("event",)

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
        if not judged(scored) or not scored.y.any():
            return UNDEFINED
        hits, n = top(scored, self.share)
        return float(hits / n / scored.y.mean())


PART = Lift
