"""Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Brier:
    """How far probabilities are from what happened: ``mean (y - p)²`` over all rows (0 is perfect; Brier 1950)."""

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: events of customers."""
        return ("event",)

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean, from 0 to 1."""
        with np.errstate(over="ignore"):
            found = float(np.mean(np.square(scored.y - scored.yhat))) if judged(scored) else UNDEFINED
        return found if np.isfinite(found) else UNDEFINED


PART = Brier
