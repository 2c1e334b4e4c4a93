"""Errors of earlier forecasts, in units in which series may be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import names

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Rows:
    """What rows belong to: equal numbers, same series or level; ``step`` is the number of periods ahead."""

    series: Codes
    level: Codes
    step: Codes

    def take(self, rows: Codes | NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(self.series[rows], self.level[rows], self.step[rows])


@dataclass(frozen=True)
class Errors:
    """Earlier errors ``value`` of the rows ``past`` in some unit, and the rows of now that are measured in it.

    ``places`` says which rows of the frame these are and ``unit`` what one unit of error is in money there. ``label``
    names the unit where it is not the usual one; ``shared`` is whether errors of different series compare in it.
    """

    value: Floats
    past: Rows
    places: Codes
    now: Rows
    unit: Floats
    label: str
    shared: bool


def by_unit(past: pd.DataFrame, now: pd.DataFrame) -> Iterator[Errors]:
    """Every row of now in the first unit that it has: ``mae_scale``, its series' mean ``|y|``, plain money.

    A series whose past never changed has a ``mae_scale`` of 0, one with too short a past has NaN; a series that never
    sold has no mean either, and its errors are comparable with its own only. Past errors that are not finite are left
    out.
    """
    n = len(past)
    series = pd.factorize(_both(past, now, names.SERIES))[0].astype(np.intp)
    level = pd.factorize(_both(past, now, names.LEVEL))[0].astype(np.intp)
    rows = Rows(series, level, _both(past, now, names.STEP).astype(np.intp))
    y = past[names.Y].to_numpy(dtype=float)
    error = y - past[names.YHAT].to_numpy(dtype=float)
    scale = _both(past, now, "mae_scale").astype(float)
    waiting = np.ones(len(now), dtype=np.bool_)
    units = (("", scale, True), (" by mean", _mean_size(y, series), True), (" unscaled", np.ones(len(series)), False))
    for label, unit, shared in units:
        usable = np.isfinite(unit) & (unit > 0)
        places = np.flatnonzero(waiting & usable[n:])
        if not len(places):
            continue
        waiting[places] = False
        known = np.flatnonzero(usable[:n] & np.isfinite(error))
        value = error[known] / unit[known]
        yield Errors(value, rows.take(known), places, rows.take(places + n), unit[places + n], label, shared)


def _mean_size(y: Floats, series: Codes) -> Floats:
    """For every row the mean of ``|y|`` of its series in the past, 0 where nothing is known of it."""
    known = np.isfinite(y)
    numbers, n_series = series[: len(y)][known], int(series.max(initial=-1)) + 1
    sums = np.bincount(numbers, weights=np.abs(y[known]), minlength=n_series)
    counts = np.bincount(numbers, minlength=n_series)
    return np.asarray(sums / np.maximum(counts, 1))[series]


def _both(past: pd.DataFrame, now: pd.DataFrame, column: str) -> NDArray[np.generic]:
    return np.concatenate([past[column].to_numpy(), now[column].to_numpy()])
