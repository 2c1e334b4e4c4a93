"""Quantiles between columns of a frame and arrays of shape (rows, levels)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import names, quantile_column, quantile_columns

Floats = NDArray[np.float64]


def native(now: pd.DataFrame, levels: Sequence[float]) -> Floats:
    """The model's own quantiles; rows that lack one of the levels are NaN throughout."""
    wanted = [quantile_column(level) for level in levels]
    values: Floats = now.reindex(columns=wanted).to_numpy(dtype=float)
    return np.where(np.isfinite(values).all(axis=1, keepdims=True), values, np.nan)


def bootstrap(now: pd.DataFrame, levels: Sequence[float]) -> Floats:
    """The forecast plus the quantiles of naive errors of the series' own past."""
    wanted = [f"naive_{quantile_column(level)}" for level in levels]
    offsets: Floats = now[wanted].to_numpy(dtype=float)
    return now[names.YHAT].to_numpy(dtype=float)[:, None] + offsets


def fallback(now: pd.DataFrame, levels: Sequence[float]) -> tuple[Floats, NDArray[np.str_]]:
    """Quantiles that need no earlier errors, and whence: the model's own, else around naive errors, else ``none``."""
    own = native(now, levels)
    missing = np.asarray(np.isnan(own[:, 0]))
    values = np.where(missing[:, None], bootstrap(now, levels), own)
    source = np.where(missing, np.where(np.isfinite(values).all(axis=1), "bootstrap", "none"), "native")
    return values, source


def placed(
    now: pd.DataFrame,
    levels: Sequence[float],
    quantiles: Floats,
    source: NDArray[np.str_],
    n: NDArray[np.intp],
    nonnegative: bool,
) -> pd.DataFrame:
    """``now`` with exactly the wanted quantiles, in rising order and never crossing, and where they come from."""
    values = np.sort(quantiles, axis=1)
    if nonnegative:
        values = np.maximum(values, 0.0)
    columns = pd.DataFrame(values, columns=[quantile_column(level) for level in levels], index=now.index)
    kept = without_quantiles(now)
    return pd.concat([kept, columns], axis=1).assign(q_source=source, q_n=n)


def without_quantiles(now: pd.DataFrame) -> pd.DataFrame:
    """The frame without quantile columns."""
    return now.drop(columns=list(quantile_columns(now).values()))
