"""Precision at the top of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._events import UNDEFINED, judged, top
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Precision:
    """The share of customers with the event at the top of the list (1 is perfect).

    Among the ``share`` of customers with the highest scores; of customers with equal scores at the border a fitting
    fraction counts. NaN without an event.
    """

    share: Annotated[float, Field(gt=0, lt=1, description="share of the customers, those with the highest scores")]

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: events of customers."""
        return ("event",)

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
        if not judged(scored) or not scored.y.any():
            return UNDEFINED
        hits, n = top(scored, self.share)
        return float(hits / n)


PART = Precision
