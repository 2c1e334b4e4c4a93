"""The two ends of a central prediction interval."""

from __future__ import annotations

import numpy as np

from forecastlab.metric._ratio import Floats
from forecastlab.schema import Scored


def ends(level: float) -> tuple[float, float]:
    """The quantile levels between which the share ``level`` should fall: 0.8 → (0.1, 0.9)."""
    low = round((1 - level) / 2, 6)
    return low, round(1 - low, 6)


def interval(scored: Scored, level: float) -> tuple[Floats, Floats]:
    """The lower and upper forecasts, one entry per row; NaN where the quantiles were not made."""
    nothing = np.full(len(scored), np.nan)
    low, high = ends(level)
    return scored.quantiles.get(low, nothing), scored.quantiles.get(high, nothing)
