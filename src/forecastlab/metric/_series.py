"""Averages over series: first within each series (in its fold), then over the series, each with equal weight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecastlab.metric._ratio import Floats, mean, ratios
from forecastlab.schema import Scored

_ROUNDING = 8 * float(np.finfo(float).eps)


def by_series(rows: Floats, series: NDArray[np.intp]) -> Floats:
    """The mean of the rows of each series, in the order of their numbers."""
    if series.max(initial=0) > 4 * len(rows):  # few rows of many series: count only the numbers that occur
        series = np.unique(series, return_inverse=True)[1]
    counts = np.bincount(series)
    with np.errstate(over="ignore", invalid="ignore"):
        sums = np.bincount(series, weights=rows)
    present = counts > 0
    return np.asarray(sums[present] / counts[present])


def of_series(rows: Floats, series: NDArray[np.intp]) -> Floats:
    """The value of each series where all of its rows carry the same one."""
    if series.max(initial=0) > 4 * len(rows):
        return np.asarray(rows[np.unique(series, return_index=True)[1]])
    last = np.full(int(series.max(initial=-1)) + 1, -1)
    last[series] = np.arange(len(series))
    return np.asarray(rows[last[last >= 0]])


def scaled(errors: Floats, scale: Floats, scored: Scored, power: int = 1) -> tuple[Floats, NDArray[np.bool_]]:
    """The mean error of each series in units of its scale, and which series take part in an average.

    ``errors`` and ``scale`` have one entry per row, in money to the given ``power``. Nothing by nothing is 0. A series
    takes no part when it has no scale: its past is too short for one (NaN), or never changed (0) while the forecast
    erred. A forecast that is not a number always takes part, so that it shows.

    A scale or an error within the rounding error of the series' own values counts as zero; else a series that stands
    still but for the last binary digit would score about 1e15.
    """
    noise = (_ROUNDING * by_series(np.abs(scored.y), scored.series)) ** power
    error, unit = by_series(errors, scored.series), of_series(scale, scored.series)
    error = np.where(error <= noise, 0.0, error)
    unit = np.where(unit <= noise, 0.0, unit)
    without = np.isnan(unit) | ((unit == 0) & (error > 0))
    return ratios(error, unit), ~without | np.isnan(error)


def scaled_mean(errors: Floats, scale: Floats, scored: Scored) -> float:
    """The mean over the series that have a scale; NaN when none has one."""
    values, counted = scaled(errors, scale, scored)
    return mean(values[counted])
