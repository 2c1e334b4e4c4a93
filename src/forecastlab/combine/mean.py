"""The mean of several forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Mean:
    """The average of the members' forecasts, each with equal weight (hard to beat; Clemen, 1989)."""

    def combine(self, forecasts: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Arrays of equal shape, by member → their mean; the order of the members does not matter, to the last bit."""
        return np.asarray(np.mean([forecasts[name] for name in sorted(forecasts)], axis=0))


PART = Mean
