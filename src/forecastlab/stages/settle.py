"""From stored forecasts to scored ones: combine, reconcile, calibrate, and only then meet the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Calibrator, Combiner, Fold, Members, Past, Reconciler, names, quantile_columns

UNFORESEEN = "unforeseen"
"""Source of the zero that stands for a series which did not exist at the cutoff."""

COLD = "cold"
"""Source of what stands for a series without a past where that is asked for: what others of its kind are foretold."""

BEFORE = [names.SERIES, names.CUTOFF, names.DS, names.STEP, "base", names.Y]
"""What a reconciler may know of earlier folds."""

_NO_PAST = pd.DataFrame({column: [] for column in BEFORE}).astype({"base": float, names.Y: float})


def combine(answers: Mapping[str, pd.DataFrame], how: Combiner, past: pd.DataFrame | None) -> pd.DataFrame:
    """One frame of forecasts from those of several members, which must answer the same rows.

    ``past`` holds what the members said at earlier cutoffs and what came true (see ``remember``), embargoed; None at
    the first. A member that fell back has no say of its own (see ``heard``); ``source`` is ``fallback`` where all did.
    The members' own quantiles are left out: quantiles of a combination are not combinations of quantiles.
    """
    first = next(iter(answers.values()))
    shared = first[[names.SERIES, names.SEGMENT, names.CUTOFF, names.DS, names.STEP]]
    now = _members(first, heard(answers))
    yhat = how.combine(now, _past(past, list(answers)) if past is not None else _no_past(list(answers)))
    return shared.assign(**{names.YHAT: yhat, "source": np.where(_fell(answers).all(axis=0), "fallback", "model")})


def heard(answers: Mapping[str, pd.DataFrame]) -> dict[str, NDArray[np.float64]]:
    """What each member says of each row; one that fell back there says what the others say on average.

    The seasonal naive forecast that stands in for a member alone is no reason to weaken a combination of methods that
    have an answer. Where all fell back, each says what it fell back to.
    """
    members = sorted(answers)
    said = np.array([answers[name][names.YHAT].to_numpy(dtype=float) for name in members])
    fell = _fell({name: answers[name] for name in members})
    there = ~fell
    others = np.where(there, said, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    said = np.where(fell & there.any(axis=0), others, said)
    return dict(zip(members, said, strict=True))


def _fell(answers: Mapping[str, pd.DataFrame]) -> NDArray[np.bool_]:
    return np.array([(frame["source"] == "fallback").to_numpy() for frame in answers.values()])


def remember(answers: Mapping[str, pd.DataFrame], truth: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """What members said of one fold beside what came true: one row per series and period that came true.

    Columns: ``unique_id, segment, cutoff, ds, step, y, mae_scale`` and ``said(member)`` for each.
    """
    keys = [names.SERIES, names.DS]
    first = next(iter(answers.values()))
    told = first[[*keys, names.SEGMENT, names.CUTOFF, names.STEP]]
    told = told.assign(**{said(name): values for name, values in heard(answers).items()})
    scales = reference[[*keys, "mae_scale"]]
    return told.merge(truth[[*keys, names.Y]], on=keys).merge(scales, on=keys, how="left")


def said(member: str) -> str:
    """The column of what a member said."""
    return f"{names.YHAT} {member}"


def _past(past: pd.DataFrame, members: Sequence[str]) -> Past:
    before = _members(past, {name: past[said(name)].to_numpy(dtype=float) for name in members})
    return Past(before, past[names.Y].to_numpy(dtype=float), past["mae_scale"].to_numpy(dtype=float))


def _no_past(members: Sequence[str]) -> Past:
    none = np.empty(0)
    text = none.astype(str)
    return Past(Members(text, text, none.astype(np.intp), dict.fromkeys(members, none)), none, none)


def _members(rows: pd.DataFrame, arrays: Mapping[str, NDArray[np.float64]]) -> Members:
    series, segment = (rows[column].to_numpy(dtype=str) for column in (names.SERIES, names.SEGMENT))
    return Members(series, segment, rows[names.STEP].to_numpy(dtype=np.intp), arrays)


def settle(
    forecasts: pd.DataFrame,
    fold: Fold,
    summing: pd.DataFrame,
    truth: pd.DataFrame,
    reference: pd.DataFrame,
    past: pd.DataFrame,
    reconciler: Reconciler,
    calibrator: Calibrator,
    levels: Sequence[float],
    cold: str,
) -> pd.DataFrame:
    """Scored forecasts of one fold at all levels, in the order of the truth.

    ``base`` is what the method itself said, before levels were made to agree; NaN where it was not asked.

    ``reference`` has, by ``unique_id`` and ``ds``, the scales and benchmark forecasts of the fold's past; ``past``
    the scored forecasts of earlier folds, of which only rows with ``ds`` at or before the cutoff are used (embargo).
    The truth's values are joined last: until then only its keys are used, which say what was asked. A series without a
    past is foretold as zero, or, with ``cold`` set to ``profile`` and where nothing adds up, as others of its kind.
    """
    keys = [names.SERIES, names.DS]
    whole = agreed(forecasts, fold, summing, past, reconciler)
    own = forecasts[[*keys, "source", *quantile_columns(forecasts).values()]].assign(base=forecasts[names.YHAT])
    asked = truth[[*keys, names.LEVEL, names.SEGMENT]]
    now = asked.merge(whole, on=keys, how="left").merge(own, on=keys, how="left").merge(reference, on=keys, how="left")
    for column in quantile_columns(own).values():
        now[column] += now[names.YHAT] - now["base"]  # what the method claims moves with its forecast
    unforeseen = now[names.YHAT].isna()
    label = UNFORESEEN
    if cold == "profile" and not len(summing) and not unforeseen.all():
        now[names.YHAT], label = now[names.YHAT].fillna(alike(now)), COLD
    now[names.YHAT] = now[names.YHAT].fillna(0.0)
    now["source"] = now["source"].fillna("model").mask(unforeseen, label)
    now[names.CUTOFF] = fold.cutoff
    now[names.STEP] = fold.gap + 1 + fold.dates.get_indexer(pd.DatetimeIndex(now[names.DS]))
    known = past[past[names.DS] <= fold.cutoff] if len(past) else now.iloc[:0].assign(**{names.Y: 0.0})
    ready = calibrator.calibrate(known, now, levels)
    ready[names.Y] = truth[names.Y].to_numpy()
    ready["role"] = fold.role
    return ready


def alike(now: pd.DataFrame) -> pd.Series:
    """For each row the median forecast of its segment, level and period, or, if there is none, of its level and period.

    That is the season and the size of a usual series of the kind; the median, because sizes are skewed.
    """
    by = [names.LEVEL, names.SEGMENT, names.DS]
    own = now.groupby(by)[names.YHAT].transform("median")
    return own.fillna(now.groupby([names.LEVEL, names.DS])[names.YHAT].transform("median"))


def agreed(
    forecasts: pd.DataFrame, fold: Fold, summing: pd.DataFrame, past: pd.DataFrame, reconciler: Reconciler
) -> pd.DataFrame:
    """Forecasts ``unique_id, ds, yhat`` of all levels that agree; earlier errors are known up to the cutoff only."""
    known = past.loc[past[names.DS] <= fold.cutoff, BEFORE] if len(past) else _NO_PAST
    return reconciler.reconcile(forecasts[[names.SERIES, names.DS, names.YHAT]], summing, known)
