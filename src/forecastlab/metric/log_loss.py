"""Logarithmic loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class LogLoss:
    """How surprising what happened is under the probabilities: ``mean -log p(what happened)`` (0 is perfect).

    Natural logarithm; probabilities below 1e-15 count as that, so that one sure miss is no infinity.
    """

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
        told = np.where(scored.y > 0.5, scored.yhat, 1 - scored.yhat)
        return abs(float(np.mean(-np.log(np.clip(told, 1e-15, 1.0)))))


PART = LogLoss
