"""Errors of earlier forecasts in comparable units, and where each row of the past and of now belongs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import names

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Errors:
    """Rows of the past beside rows of now, numbered alike: equal numbers, same series, level or step.

    ``value`` is ``(y - yhat) / scale`` of the past; ``unit`` is the scale of each row of now. ``scaled`` says where a
    scale exists; a row without one has the unit 1 and may be compared with its own series only. ``stand_in`` marks the
    rows of now whose unit is not ``mae_scale``.
    """

    value: Floats
    scaled: NDArray[np.bool_]
    series: Codes
    level: Codes
    step: Codes
    unit: Floats
    now_scaled: NDArray[np.bool_]
    now_series: Codes
    now_level: Codes
    now_step: Codes
    stand_in: NDArray[np.bool_]


def gather(past: pd.DataFrame, now: pd.DataFrame) -> Errors:
    """Number and scale the rows. Without a ``mae_scale`` the mean ``|y|`` of the series stands in, else 1."""
    n = len(past)
    series, level = _codes(past, now, names.SERIES), _codes(past, now, names.LEVEL)
    y = past[names.Y].to_numpy(dtype=float)
    scale = _both(past, now, "mae_scale").astype(float)
    usable = np.isfinite(scale) & (scale > 0)
    size = _mean_size(np.abs(y), series[:n], int(series.max(initial=-1)) + 1)[series]
    scale = np.where(usable, scale, size)
    scaled = scale > 0
    unit = np.where(scaled, scale, 1.0)
    value = (y - past[names.YHAT].to_numpy(dtype=float)) / unit[:n]
    known = np.isfinite(value)
    step = _both(past, now, names.STEP).astype(np.intp)
    rows = np.flatnonzero(known)
    return Errors(
        value[rows], scaled[rows], series[rows], level[rows], step[rows],
        unit[n:], scaled[n:], series[n:], level[n:], step[n:], ~usable[n:],
    )  # fmt: skip


def _both(past: pd.DataFrame, now: pd.DataFrame, column: str) -> NDArray[np.generic]:
    return np.concatenate([past[column].to_numpy(), now[column].to_numpy()])


def _codes(past: pd.DataFrame, now: pd.DataFrame, column: str) -> Codes:
    return pd.factorize(_both(past, now, column))[0].astype(np.intp)


def _mean_size(size: Floats, series: Codes, n_series: int) -> Floats:
    """The mean of ``|y|`` of each series, 0 where nothing is known of it."""
    known = np.isfinite(size)
    sums = np.bincount(series[known], weights=size[known], minlength=n_series)
    counts = np.bincount(series[known], minlength=n_series)
    return np.asarray(sums / np.maximum(counts, 1))
