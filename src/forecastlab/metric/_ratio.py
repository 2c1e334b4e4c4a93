"""Division as the metrics mean it: nothing by nothing is the best score, something by nothing is undefined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
UNDEFINED = float("nan")


def ratios(errors: Floats, scale: Floats) -> Floats:
    """``errors / scale`` entry by entry: 0/0 is 0, and all that is not a finite number is NaN, never infinite."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = errors / scale
    quotient = np.where((errors == 0) & (scale == 0), 0.0, quotient)
    return np.where(np.isfinite(quotient), quotient, np.nan)


def ratio(error: float, scale: float) -> float:
    """``error / scale`` of two numbers, by the same rule."""
    return float(ratios(np.asarray(error, dtype=float), np.asarray(scale, dtype=float)))


def total(values: Floats) -> float:
    """The sum of the rows; NaN without rows."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sum(values)) if len(values) else UNDEFINED


def mean(values: Floats) -> float:
    """The mean of the rows; NaN without rows, or when their sum is too large for a number."""
    return ratio(total(values), float(len(values)))
