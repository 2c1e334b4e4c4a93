"""The median of several forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Members, Past


@dataclass(frozen=True)
class Median:
    """The middle one of the members' forecasts, so that one member gone astray does no harm (Stock and Watson, 2004).

    With an even number of members it is the mean of the middle two. A member's forecast that is not a number makes the
    median not a number: it is not passed over in silence.
    """

    def combine(self, now: Members, past: Past) -> NDArray[np.float64]:
        """The median of the members' forecasts for each row; how they did before does not matter."""
        return np.asarray(np.median([now.yhat[name] for name in sorted(now.yhat)], axis=0))


PART = Median
