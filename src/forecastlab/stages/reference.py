"""What every method is measured against: the naive forecast's errors in the fold's past, and a benchmark forecast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model.naive2 import Naive2
from forecastlab.schema import Fold, Future, Grid, History, quantile_column
from forecastlab.schema.names import DS, LEVEL, SERIES
from forecastlab.stages.fold_panel import FoldPanel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

ENOUGH = 20
"""Naive errors of one series at one distance without which those of its level are pooled."""


def reference(panel: FoldPanel, fold: Fold, levels: Sequence[float]) -> pd.DataFrame:
    """One row per series of every level and asked period, from the past alone.

    Columns: ``unique_id, ds``; ``mae_scale`` and ``mse_scale``, the in-sample mean absolute and squared error of the
    seasonal naive forecast (NaN for a series of one period; Hyndman & Koehler 2006); ``scale_season``, the season
    these used (1 where the past is no longer than one season); ``naive2``, the forecast of Naive2; and for each of
    ``levels`` ``naive_q…``, the quantile of the errors that the seasonal naive forecast made in the past at the
    period's distance, in units of the series.
    """
    season = seasons(panel.grid, panel.history.season)
    mae, mse = scales(panel.grid, season)
    steps = np.arange(fold.gap + 1, fold.gap + fold.horizon + 1)
    errors = offsets(panel.grid, season, mae, panel.levels[LEVEL].to_numpy(dtype=str), steps, levels)
    static = panel.levels.drop(columns="kind")
    everything = History(panel.grid, panel.history.freq, panel.history.season, static)
    benchmark = Naive2().fit(everything).predict(Future(fold.dates, fold.gap + 1))
    n, h = len(panel.grid.ids), fold.horizon
    columns: dict[str, object] = {
        SERIES: np.repeat(panel.grid.ids, h),
        DS: np.tile(fold.dates.to_numpy(), n),
        "mae_scale": np.repeat(mae, h),
        "mse_scale": np.repeat(mse, h),
        "scale_season": np.repeat(season.astype(float), h),
        "naive2": benchmark.yhat.ravel(),
    }
    columns |= {f"naive_{quantile_column(level)}": errors[:, :, i].ravel() for i, level in enumerate(levels)}
    return pd.DataFrame(columns)


def seasons(grid: Grid, season: int) -> Ints:
    """The season that each series can bear: 1 where its own past is no longer than one season."""
    observed = (~np.isnan(grid.values)).sum(axis=1)
    return np.where(observed > season, season, 1)


def scales(grid: Grid, season: Ints) -> tuple[Floats, Floats]:
    """Mean absolute and mean squared difference to the value one season before, for each series."""
    mae, mse = np.full(len(grid.ids), np.nan), np.full(len(grid.ids), np.nan)
    for lag in np.unique(season):
        rows = np.flatnonzero(season == lag)
        apart = _apart(grid.values[rows], int(lag))
        count = np.maximum((~np.isnan(apart)).sum(axis=1), 1)
        known = ~np.isnan(apart).all(axis=1)
        mae[rows] = np.where(known, np.nansum(np.abs(apart), axis=1) / count, np.nan)
        mse[rows] = np.where(known, np.nansum(apart**2, axis=1) / count, np.nan)
    return mae, mse


def offsets(
    grid: Grid, season: Ints, mae: Floats, level: NDArray[np.str_], steps: Ints, quantiles: Sequence[float]
) -> Floats:
    """Quantiles of past seasonal naive errors, shape (series, steps, quantiles), in units of the series.

    The error at a distance is the difference to the last value of the same season that was known so long before. A
    series with fewer than ``ENOUGH`` of them takes those of its whole level, each divided by its series' scale, times
    its own scale: a series that never changed gets zeros, one without a scale NaN.
    """
    found = np.full((len(grid.ids), len(steps), len(quantiles)), np.nan)
    for own in np.unique(season):
        for lag, places in _lags(int(own), steps, len(grid.ds)).items():
            apart = _apart(grid.values, lag)
            rows = np.flatnonzero(season == own)
            values = _quantiles(apart, rows, mae, level, quantiles)
            found[rows[:, None], np.array(places)] = values[:, None, :]
    return found


def _lags(season: int, steps: Ints, periods: int) -> dict[int, list[int]]:
    """Which steps look how far back: whole seasons, at most half the past (else errors would be too few to pool)."""
    furthest = max(periods // 2 // season, 1) * season
    lags: dict[int, list[int]] = {}
    for place, step in enumerate(steps.tolist()):
        lags.setdefault(min(season * -(-step // season), furthest), []).append(place)
    return lags


def _apart(values: Floats, lag: int) -> Floats:
    """Each value less the one ``lag`` periods before; at least one column, NaN where there is none."""
    if lag >= values.shape[1]:
        return np.full((len(values), 1), np.nan)
    return values[:, lag:] - values[:, :-lag]


def _quantiles(apart: Floats, rows: Ints, mae: Floats, level: NDArray[np.str_], quantiles: Sequence[float]) -> Floats:
    """For the series ``rows``: quantiles of their own errors where those are enough, else of their level's."""
    values = np.full((len(rows), len(quantiles)), np.nan)
    enough = (~np.isnan(apart[rows])).sum(axis=1) >= ENOUGH
    if enough.any():
        values[enough] = _rowwise(apart[rows[enough]], quantiles)
    for name in np.unique(level[rows[~enough]]):
        alike = level == name
        usable = alike & (mae > 0)
        pool = (apart[usable] / mae[usable, None]).ravel()
        pool = pool[~np.isnan(pool)]
        shape = np.quantile(pool, quantiles) if len(pool) else np.zeros(len(quantiles))
        here = ~enough & alike[rows]
        values[here] = mae[rows[here], None] * shape
    return values


def _rowwise(apart: Floats, quantiles: Sequence[float]) -> Floats:
    whole = ~np.isnan(apart).any(axis=1)
    values = np.empty((len(apart), len(quantiles)))
    if whole.any():
        values[whole] = np.quantile(apart[whole], quantiles, axis=1).T
    for row in np.flatnonzero(~whole):
        values[row] = np.quantile(apart[row][~np.isnan(apart[row])], quantiles)
    return values
