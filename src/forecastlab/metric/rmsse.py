"""RMSSE: root mean squared scaled error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import mean
from forecastlab.metric._series import scaled
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Rmsse:
    """The root mean squared error in units of that of the seasonal naive forecast in the past (below 1: better).

    ``sqrt(mean (y - yhat)² / mse_scale)`` of each series in its fold, then the mean over these (as in the M5
    competition, with equal weights). Which series take part is as for MASE.
    """

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean, at least 0; NaN when no series has a scale."""
        with np.errstate(over="ignore"):
            values, counted = scaled(np.square(scored.y - scored.yhat), scored.mse_scale, scored, power=2)
        return mean(np.sqrt(values[counted]))


PART = Rmsse
