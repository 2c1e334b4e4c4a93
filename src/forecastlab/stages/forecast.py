"""Fit and predict, guarded: one series that breaks never sinks the others and never hides."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.schema import Fitted, Fold, Forecast, Forecaster, Future, History, names

EXPLODED = 1e3
"""A forecast further from zero than so many times the largest value ever seen is not believed."""

FAILURES = [names.SERIES, names.CUTOFF, "kind", "reason", "fallback"]
"""Columns of the ledger of series that fell back."""


@dataclass(frozen=True)
class Answer:
    """Forecasts of one fold in the order of its series, and a ledger of what did not go as it should.

    ``frame`` has ``unique_id, cutoff, ds, step, yhat, q…, source`` with source ``model`` or ``fallback``; ``failures``
    has one row per series that fell back; ``clipped`` counts forecasts that were lifted to zero.
    """

    frame: pd.DataFrame
    failures: pd.DataFrame
    clipped: int


def forecast(
    model: Forecaster, histories: Sequence[History], folds: Sequence[Fold], levels: tuple[float, ...], nonnegative: bool
) -> list[Answer]:
    """Answers to the folds of one block: parameters are fitted at the first fold and moved on to the others.

    A local model that raises is asked again series by series; a global model that raises, raises here. A series
    without a finite, believable forecast falls back to the seasonal naive one, with its reason in the ledger. Where
    the series of a later fold differ from those of the first, the model is fitted anew.
    """
    fitted: Fitted | None = None
    ids: NDArray[np.str_] | None = None
    answers = []
    for history, fold in zip(histories, folds, strict=True):
        before = fitted if ids is not None and np.array_equal(ids, history.grid.ids) else None
        future = Future(fold.dates, fold.gap + 1, levels)
        fitted, raw, reasons = _ask(model, history, before, future)
        ids = history.grid.ids
        answers.append(_guard(raw, history, fold, reasons, nonnegative))
    return answers


def fallback(history: History, fold: Fold, reason: str, nonnegative: bool) -> Answer:
    """The seasonal naive answer for series whose model could not be run at all, such as when its worker was lost."""
    empty = np.full((len(history.grid.ids), fold.horizon), np.nan)
    reasons = dict.fromkeys(history.grid.ids.tolist(), reason)
    return _guard(Forecast(history.grid.ids, fold.dates, empty), history, fold, reasons, nonnegative)


def _ask(
    model: Forecaster, history: History, before: Fitted | None, future: Future
) -> tuple[Fitted | None, Forecast, dict[str, str]]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(history) if before is None else before.update(history)
            raw = fitted.predict(future)
            return fitted, raw, dict(fitted.failures)
        except Exception as error:
            if not model.local:
                raise
            if len(history.grid.ids) == 1:
                name = str(history.grid.ids[0])
                empty = np.full((1, len(future.ds)), np.nan)
                return None, Forecast(history.grid.ids, future.ds, empty), {name: f"{type(error).__name__}: {error}"}
    apart = [_ask(model, history.take([i]), None, future) for i in range(len(history.grid.ids))]
    return None, _stack([raw for _, raw, _ in apart]), {k: v for _, _, reasons in apart for k, v in reasons.items()}


def _stack(parts: Sequence[Forecast]) -> Forecast:
    """Forecasts of single series as one; a quantile level that not every part has is left out."""
    shared = set.intersection(*(set(part.quantiles) for part in parts))
    return Forecast(
        np.concatenate([part.ids for part in parts]),
        parts[0].ds,
        np.concatenate([part.yhat for part in parts]),
        {level: np.concatenate([part.quantiles[level] for part in parts]) for level in sorted(shared)},
    )


def _guard(raw: Forecast, history: History, fold: Fold, reasons: dict[str, str], nonnegative: bool) -> Answer:
    """Finite, believable, not below zero: or the seasonal naive forecast and a row in the ledger."""
    ids = history.grid.ids
    yhat = np.asarray(raw.yhat, dtype=float)
    if not np.array_equal(raw.ids, ids) or yhat.shape != (len(ids), fold.horizon):
        raise ValueError(f"the model answered {yhat.shape} for {len(ids)} series and {fold.horizon} periods")
    largest = np.nanmax(np.abs(history.grid.values), axis=1, initial=0.0)
    infinite = ~np.isfinite(yhat).all(axis=1)
    with np.errstate(invalid="ignore"):
        exploded = ~infinite & (np.abs(yhat) > EXPLODED * np.maximum(largest, 1.0)[:, None]).any(axis=1)
    bad = infinite | exploded
    quantiles = {level: np.asarray(values, dtype=float) for level, values in raw.quantiles.items()}
    rows = np.flatnonzero(bad)
    ledger = []
    if len(rows):
        naive = SeasonalNaive().fit(history.take(rows)).predict(Future(fold.dates, fold.gap + 1)).yhat
        yhat = yhat.copy()
        yhat[rows] = np.nan_to_num(naive)
        for row in rows:
            name = str(ids[row])
            kind = "exploded" if exploded[row] else "failed"
            reason = reasons.get(name, "not a finite, believable number")
            ledger.append((name, fold.cutoff, kind, reason, "seasonal_naive"))
        for values in quantiles.values():
            values[rows] = np.nan
    below = yhat < 0
    clipped = int(below.sum()) if nonnegative else 0
    if clipped:
        yhat = np.where(below, 0.0, yhat)
    frame = Forecast(ids, fold.dates, yhat, quantiles).to_long()
    frame.insert(1, names.CUTOFF, fold.cutoff)
    frame.insert(3, names.STEP, np.tile(np.arange(fold.gap + 1, fold.gap + fold.horizon + 1), len(ids)))
    frame["source"] = np.repeat(np.where(bad, "fallback", "model"), fold.horizon)
    return Answer(frame, pd.DataFrame(ledger, columns=FAILURES), clipped)
