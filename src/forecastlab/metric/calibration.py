"""Calibration error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Calibration:
    """How far probabilities are from the shares that come true, on average (0 is perfect; 0.05: five points off).

    Expected calibration error: customers are cut by their score into ``bins`` of about as many each, equal scores
    together, and ``|mean p - mean y|`` of the bins is averaged by their customers (Naeini et al. 2015).
    """

    bins: Annotated[int, Field(ge=2, description="groups of customers that are compared")]

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: events of customers."""
        return ("event",)

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean, at least 0."""
        if not judged(scored):
            return UNDEFINED
        edges = np.unique(np.quantile(scored.yhat, np.linspace(0, 1, self.bins + 1)[1:-1]))
        place = np.searchsorted(edges, scored.yhat, side="left")
        told, came = (
            np.bincount(place, weights=values, minlength=len(edges) + 1) for values in (scored.yhat, scored.y)
        )
        found = float(np.abs(told - came).sum() / len(scored))
        return found if np.isfinite(found) else UNDEFINED


PART = Calibration
