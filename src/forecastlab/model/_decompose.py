"""The seasonality test and the classical decomposition of the M competitions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CRITICAL = 1.645
"""The normal quantile of a two-sided 90 % test, as the competitions used it."""


def is_seasonal(y: NDArray[np.float64], season: int) -> bool:
    """Whether the autocorrelation at the season's lag is significant at 90 %, with Bartlett's variance.

    False for fewer than three seasons. Source: Assimakopoulos & Nikolopoulos (2000), Appendix; M4 benchmark code.
    """
    if season < 2 or len(y) < 3 * season:
        return False
    centred = y - y.mean()
    power = float(centred @ centred)
    if power == 0:
        return False
    acf = np.array([centred[lag:] @ centred[:-lag] / power for lag in range(1, season + 1)])
    limit = _CRITICAL * np.sqrt((1 + 2 * np.sum(acf[:-1] ** 2)) / len(y))
    return bool(abs(acf[-1]) > limit)


def seasonal_indices(y: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Multiplicative indices by phase (entry 0 belongs to ``y[0]``), with mean 1: ratio to the centred moving average.

    Needs two seasons. All ones where the data is not positive enough for ratios. Source: Makridakis, Wheelwright &
    Hyndman (1998), 3/4.
    """
    weights = np.full(season, 1 / season) if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5] / season
    trend = np.convolve(y, weights, mode="valid")
    lost = len(weights) // 2
    inner = y[lost : lost + len(trend)]
    if (trend <= 0).any() or (inner < 0).any():
        return np.ones(season)
    phase = np.arange(lost, lost + len(trend)) % season
    means = np.bincount(phase, inner / trend, season) / np.bincount(phase, minlength=season)
    # an index of zero could not be divided by
    return np.ones(season) if (means <= 0).any() else means / means.mean()


def deseasonalise(y: NDArray[np.float64], season: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values without their season, and the indices of the ``season`` periods that follow the last one.

    Where the test finds no season, the values as they are and indices of 1.
    """
    if not is_seasonal(y, season):
        return y, np.ones(season)
    indices = seasonal_indices(y, season)
    phase = np.arange(len(y)) % season
    return y / indices[phase], indices[np.arange(len(y), len(y) + season) % season]
