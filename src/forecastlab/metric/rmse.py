"""Root mean squared error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import mean
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Rmse:
    """How far off a forecast is, in its own unit, where one large miss weighs more than many small ones.

    ``sqrt(mean (y - yhat)²)`` over all rows.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: series, and amounts and waits of customers."""
        return ("series", "amount", "wait")

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The root, at least 0."""
        with np.errstate(over="ignore"):
            return math.sqrt(mean(np.square(scored.y - scored.yhat)))


PART = Rmse
