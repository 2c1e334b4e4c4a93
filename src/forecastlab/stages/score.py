"""Scores of stored forecasts: a new metric needs no new fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.schema import Listed, Metric, Scored, names, quantile_columns
from forecastlab.schema.customers import TREATED

CUTS: tuple[tuple[str, ...], ...] = (
    (names.LEVEL,),
    (names.LEVEL, names.SEGMENT),
    (names.LEVEL, names.STEP),
    (names.LEVEL, names.CUTOFF),
)
"""By what the figures of each role are cut: whole levels, their segments, their steps ahead, their folds."""

WHOLE = {names.SEGMENT: "", names.STEP: 0, names.CUTOFF: pd.NaT}
"""What stands in a column of scores that a figure is not cut by."""


def score(
    frame: pd.DataFrame, metrics: Mapping[str, Metric], n: Mapping[str, int], cuts: Sequence[tuple[str, ...]] = CUTS
) -> pd.DataFrame:
    """Tidy scores ``role, level, segment, step, cutoff, metric, value, rows, n_ok, n``.

    ``frame`` holds scored forecasts of any number of folds (``role, level, segment, cutoff, step, unique_id, y, yhat,
    q…, mae_scale, mse_scale, naive2``); a figure that is not cut by a column has ``""``, 0 or NaT in it and pools the
    rows. ``n`` says how many folds each role was meant to have; ``n_ok`` is how many of them the figure holds.
    """
    scored = as_scored(frame)
    folds = frame[names.CUTOFF].to_numpy()
    rows = []
    for cut in cuts:
        by = ["role", *cut]
        groups: dict[Any, Any] = frame.groupby(by, sort=True, observed=True).indices
        for key, places in groups.items():
            part = scored.take(places)
            where: dict[str, Any] = WHOLE | dict(zip(by, key, strict=True))
            meant = 1 if names.CUTOFF in cut else n.get(where["role"], 0)
            head = (where["role"], where[names.LEVEL], where[names.SEGMENT], where[names.STEP], where[names.CUTOFF])
            tail = (len(places), len(np.unique(folds[places])), meant)
            rows += [(*head, name, metric.score(part), *tail) for name, metric in metrics.items()]
    columns = ["role", names.LEVEL, names.SEGMENT, names.STEP, names.CUTOFF, "metric", "value", "rows", "n_ok", "n"]
    return pd.DataFrame(rows, columns=columns)


def score_before(frame: pd.DataFrame, metrics: Mapping[str, Metric], n: Mapping[str, int]) -> pd.DataFrame:
    """Scores of the forecasts as they were before levels were made to agree, as metrics named ``before.…``.

    Only levels that reconciling has changed, only forecasts that the method made itself, only point forecasts: their
    quantiles never were. Empty where nothing was changed.
    """
    asked = frame.dropna(subset=["base"])
    moved = ~np.isclose(asked["base"], asked[names.YHAT], rtol=1e-9, atol=0)  # beyond rounding
    changed = asked.loc[moved, names.LEVEL].unique()
    if not len(changed):
        return pd.DataFrame()
    told = asked[asked[names.LEVEL].isin(changed)].assign(**{names.YHAT: lambda rows: rows["base"]})
    points = {f"before.{name}": metric for name, metric in metrics.items() if not metric.levels}
    return score(told.reset_index(drop=True), points, n)


def as_scored(frame: pd.DataFrame) -> Scored:
    """The arrays that metrics look at. Series are numbered by fold and id."""
    series = frame.groupby([names.CUTOFF, names.SERIES], sort=False, observed=True).ngroup()
    return Scored(
        y=frame[names.Y].to_numpy(dtype=float),
        yhat=frame[names.YHAT].to_numpy(dtype=float),
        series=series.to_numpy().astype(np.intp),
        mae_scale=frame["mae_scale"].to_numpy(dtype=float),
        mse_scale=frame["mse_scale"].to_numpy(dtype=float),
        naive2=frame["naive2"].to_numpy(dtype=float),
        quantiles={level: frame[name].to_numpy(dtype=float) for level, name in quantile_columns(frame).items()},
        treated=frame[TREATED].to_numpy(dtype=float) if TREATED in frame else None,
        listed=_listed(frame) if "rank" in frame else None,
    )


def _listed(frame: pd.DataFrame) -> Listed:
    wanted, popular = (frame[name].to_numpy(dtype=float) for name in ("wanted", "popular"))
    return Listed(frame["rank"].to_numpy().astype(np.intp), wanted, popular)
