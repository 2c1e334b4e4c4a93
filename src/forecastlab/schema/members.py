"""Forecasts of several methods for the same rows, and how they did before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Members:
    """What several methods say of the same rows: each row is one series in one asked period.

    ``yhat`` maps the name of a method to its forecasts; all arrays have the shape (rows,). ``segment`` is that of the
    series (or its class), empty where it has none; ``step`` is the distance from the cutoff, 1 for the next period.
    """

    series: NDArray[np.str_]
    segment: NDArray[np.str_]
    step: NDArray[np.intp]
    yhat: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Past:
    """What the same methods said at earlier cutoffs, beside what came true: only rows that the embargo allows.

    ``y`` is the truth and ``scale`` the series' mean absolute naive error in the past of its fold (NaN or 0 where
    there is none). Without earlier folds all arrays are empty.
    """

    members: Members
    y: NDArray[np.float64]
    scale: NDArray[np.float64]
