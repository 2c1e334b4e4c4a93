"""The median of several forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Median:
    """The middle one of the members' forecasts, so that one member gone astray does no harm (Stock and Watson, 2004).

    With an even number of members it is the mean of the middle two. A member's forecast that is not a number makes the
    median not a number: it is not passed over in silence.
    """

    def combine(self, forecasts: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Arrays of equal shape, by member → their median."""
        return np.asarray(np.median([forecasts[name] for name in sorted(forecasts)], axis=0))


PART = Median
