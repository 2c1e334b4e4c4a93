"""Fit and predict, guarded: one series that breaks never sinks the others and never hides."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.schema import Explained, Fitted, Fold, Forecast, Forecaster, ForecastlabError, Future, History, names

EXPLODED = 1e3
"""A forecast further from zero than so many times the largest value ever seen is not believed."""

FAILURES = [names.SERIES, names.CUTOFF, "kind", "reason", "fallback"]
"""Columns of the ledger of series that fell back."""


@dataclass(frozen=True)
class Ask:
    """One question: what may be seen, what is asked, and what is asked under other assumptions (what if)."""

    fold: Fold
    history: History
    future: Future
    what_if: Mapping[str, Future] = field(default_factory=dict)

    def take(self, rows: Sequence[int]) -> Ask:
        """The same question about some of the series."""
        what_if = {name: future.take(rows) for name, future in self.what_if.items()}
        return replace(self, history=self.history.take(rows), future=self.future.take(rows), what_if=what_if)


def ask(history: History, fold: Fold, levels: tuple[float, ...]) -> Ask:
    """The plain question of a fold: no drivers, no what if."""
    return Ask(fold, history, Future(fold.dates, fold.gap + 1, levels))


@dataclass(frozen=True)
class Answer:
    """Forecasts of one fold in the order of its series, and a ledger of what did not go as it should.

    ``frame`` has ``unique_id, segment, cutoff, ds, step, yhat, q…, source`` with source ``model`` or ``fallback``;
    ``failures`` has one row per series that fell back; ``clipped`` counts forecasts that were lifted to zero.
    ``what_if`` has a frame like ``frame`` for each assumption; ``effects`` what the model has learned of its columns
    (see ``Explained``).
    """

    frame: pd.DataFrame
    failures: pd.DataFrame
    clipped: int
    what_if: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)


def forecast(model: Forecaster, asks: Sequence[Ask], nonnegative: bool) -> list[Answer]:
    """Answers to the folds of one block: parameters are fitted at the first fold and moved on to the others.

    A local model that raises is asked again series by series; a global model that raises, raises here. A series
    without a finite, believable forecast falls back to the seasonal naive one, with its reason in the ledger. Where
    the series of a later fold differ from those of the first, the model is fitted anew.
    """
    fitted: Fitted | None = None
    ids: NDArray[np.str_] | None = None
    answers = []
    for each in asks:
        if not len(each.history.grid.ids):
            answers.append(_guard(_nothing(each), each, {}, nonnegative))
            continue
        before = fitted if ids is not None and np.array_equal(ids, each.history.grid.ids) else None
        fitted, told = _ask(model, each, before)
        ids = each.history.grid.ids
        answer = _guard(told.raw, each, told.reasons, nonnegative)
        what_if = {name: _guard(raw, each, told.reasons, nonnegative).frame for name, raw in told.what_if.items()}
        answers.append(replace(answer, what_if=what_if, effects=told.effects))
    return answers


def fallback(each: Ask, reason: str, nonnegative: bool) -> Answer:
    """The seasonal naive answer for series whose model could not be run at all, such as when its worker was lost."""
    reasons = dict.fromkeys(each.history.grid.ids.tolist(), reason)
    return _guard(_nothing(each), each, reasons, nonnegative)


def joined(answers: Sequence[Answer]) -> Answer:
    """The answers for some of the series each, as one."""
    if len(answers) == 1:
        return answers[0]
    ledgers = [answer.failures for answer in answers if len(answer.failures)] or [answers[0].failures]
    frame = pd.concat([answer.frame for answer in answers], ignore_index=True)
    what_if = {
        name: pd.concat([each.what_if[name] for each in answers], ignore_index=True) for name in answers[0].what_if
    }
    effects = pd.concat([each.effects for each in answers], ignore_index=True)
    clipped = sum(answer.clipped for answer in answers)
    return Answer(frame, pd.concat(ledgers, ignore_index=True), clipped, what_if, effects)


@dataclass(frozen=True)
class _Told:
    """What a model said before anybody has looked at it."""

    raw: Forecast
    reasons: Mapping[str, str]
    what_if: Mapping[str, Forecast]
    effects: pd.DataFrame


def _ask(model: Forecaster, each: Ask, before: Fitted | None) -> tuple[Fitted | None, _Told]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(each.history) if before is None else before.update(each.history)
            raw = fitted.predict(each.future)
            what_if = {name: fitted.predict(future) for name, future in each.what_if.items()}
            effects = fitted.effects() if isinstance(fitted, Explained) else pd.DataFrame()
            return fitted, _Told(raw, dict(fitted.failures), what_if, effects)
        except Exception as error:
            if not model.local or isinstance(error, ForecastlabError):
                raise  # a wrong config or wrong data is nothing to fall back from
            if len(each.history.grid.ids) == 1:
                name = str(each.history.grid.ids[0])
                nothing = _nothing(each)
                reasons = {name: f"{type(error).__name__}: {error}"}
                return None, _Told(nothing, reasons, dict.fromkeys(each.what_if, nothing), pd.DataFrame())
    apart = [_ask(model, each.take([i]), None)[1] for i in range(len(each.history.grid.ids))]
    return None, _Told(
        _stack([one.raw for one in apart]),
        {name: reason for one in apart for name, reason in one.reasons.items()},
        {name: _stack([one.what_if[name] for one in apart]) for name in each.what_if},
        pd.concat([one.effects for one in apart], ignore_index=True),
    )


def _nothing(each: Ask) -> Forecast:
    ids = each.history.grid.ids
    return Forecast(ids, each.future.ds, np.full((len(ids), len(each.future.ds)), np.nan))


def _stack(parts: Sequence[Forecast]) -> Forecast:
    """Forecasts of single series as one; a quantile level that not every part has is left out."""
    shared = set.intersection(*(set(part.quantiles) for part in parts))
    return Forecast(
        np.concatenate([part.ids for part in parts]),
        parts[0].ds,
        np.concatenate([part.yhat for part in parts]),
        {level: np.concatenate([part.quantiles[level] for part in parts]) for level in sorted(shared)},
    )


def _guard(raw: Forecast, each: Ask, reasons: Mapping[str, str], nonnegative: bool) -> Answer:
    """Finite, believable, not below zero: or the seasonal naive forecast and a row in the ledger."""
    history, fold = each.history, each.fold
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
    frame.insert(1, names.SEGMENT, np.repeat(history.static[names.SEGMENT].to_numpy(dtype=object), fold.horizon))
    frame.insert(2, names.CUTOFF, fold.cutoff)
    frame.insert(4, names.STEP, np.tile(np.arange(fold.gap + 1, fold.gap + fold.horizon + 1), len(ids)))
    frame["source"] = np.repeat(np.where(bad, "fallback", "model"), fold.horizon)
    return Answer(frame, pd.DataFrame(ledger, columns=FAILURES), clipped)
