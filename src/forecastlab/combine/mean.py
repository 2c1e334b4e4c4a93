"""The mean of several forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Members, Past


@dataclass(frozen=True)
class Mean:
    """The average of the members' forecasts, each with equal weight (hard to beat; Clemen, 1989)."""

    def combine(self, now: Members, past: Past) -> NDArray[np.float64]:
        """The mean of the members' forecasts for each row; how they did before does not matter."""
        return np.asarray(np.mean([now.yhat[name] for name in sorted(now.yhat)], axis=0))


PART = Mean
