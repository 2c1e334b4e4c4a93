"""Forecasts of what has not happened yet: the whole line once more, with what the backtest has taught and no truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import entries
from forecastlab.flow.experiment import CustomerExperiment, Experiment
from forecastlab.flow.jobs import ask_with, fit_job
from forecastlab.flow.members import Assembly, leaves
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.replies import replies_of
from forecastlab.flow.run import labelled, supposed
from forecastlab.flow.work import panels_of, wanted_of
from forecastlab.schema import (
    ConfigError,
    DataError,
    Executor,
    Fault,
    Fold,
    ForecastlabError,
    Frequency,
    Split,
    day_of,
    names,
    written,
)
from forecastlab.schema.names import LIVE
from forecastlab.stages import newcomers
from forecastlab.stages.asked import asked
from forecastlab.stages.drivers import DriverTable
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.forecast import Answer, forecast, joined
from forecastlab.stages.kept import Fit, Kept, rows_of
from forecastlab.stages.reference import reference
from forecastlab.stages.settle import settle

E = TypeVar("E", bound=Experiment | CustomerExperiment)


@dataclass(frozen=True)
class Ahead:
    """One fold: the ``horizon`` periods after the data, or after an earlier date, from all that was known by then."""

    horizon: int
    gap: int
    train: int | None
    as_of: str | None

    def split(self, ends: pd.DatetimeIndex, freq: Frequency) -> Split:
        """That fold. Raises ConfigError where the date is not the last day of a period of the data."""
        return Split([Fold(last_day(ends, self.as_of), self.horizon, self.gap, freq, LIVE, 0, self.train)], [])


def last_day(ends: pd.DatetimeIndex, as_of: str | None) -> pd.Timestamp:
    """The last day that is known: that of the data, or an earlier one of ``ends``. Raises ConfigError for any other."""
    if as_of is None:
        return ends[-1]
    try:
        day = day_of(as_of)
    except ValueError:
        what = f"found {as_of}, allowed is a day in the form YYYY-MM-DD (and HH:MM, where periods are shorter)"
        raise ConfigError(Fault("bad-value", "as_of", what, f"type as_of={written(ends[-1])}")) from None
    if day not in ends:
        near = written(ends[min(int(ends.searchsorted(day)), len(ends) - 1)])
        what = f"{as_of} is not the last day of a period between {written(ends[0])} and {written(ends[-1])}"
        raise ConfigError(Fault("bad-cutoff", "as_of", what, f"try as_of={near}"))
    return day


@dataclass(frozen=True)
class Memory:
    """What a backtest has taught: its scored forecasts, and what members said beside what came true.

    ``scored`` has the columns of the forecasts of an outcome; ``said`` a frame for every composite, by its place.
    """

    scored: pd.DataFrame
    said: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Foretold:
    """Forecasts of all levels, reconciled and calibrated, and what there is to say of them.

    ``frame`` has ``unique_id, level, segment, ds, cutoff, step, yhat, q…`` and where both are from (``source,
    q_source, q_n``). ``failures`` lists series that fell back, ``what_if`` the same under each assumption.
    """

    fold: Fold
    frame: pd.DataFrame
    failures: pd.DataFrame
    what_if: pd.DataFrame
    clipped: int
    aside: Mapping[str, str]
    notes: tuple[str, ...]


def refit(experiment: Experiment, prepared: Prepared, memory: Memory, store: Store, executor: Executor) -> Foretold:
    """Fit to the data as it is now, and foretell. Raises ForecastlabError, also where a method fails."""
    panels = panels_of(experiment, prepared, store, executor)
    (reply,) = replies_of(experiment, prepared, panels, store, executor)
    failed = {name: each.reason for name, each in reply.items() if each.answer is None}
    if failed:
        raise _failed(failed)
    answers = {name: each.answer for name, each in reply.items() if each.answer is not None}
    return _foretold(experiment, prepared.folds[0], entries.read_judged(panels[0]), answers, memory)


def learned(
    experiment: Experiment, prepared: Prepared, store: Store, executor: Executor
) -> tuple[Path, dict[str, list[list[Fit]]]]:
    """Fit to the data as it is now and keep what was learned: the folder of the panel, and each member's fits by job.

    Raises ForecastlabError, also where a method fails as a whole.
    """
    panels = panels_of(experiment, prepared, store, executor)
    ((_, wanted),) = wanted_of(experiment, prepared, panels, store)
    jobs = [job for parts in wanted.values() for job in parts]
    found: dict[str, list[list[Fit]]] = {}
    for job, folder in zip(jobs, executor.map(fit_job, jobs), strict=True):
        if isinstance(folder, Exception):
            told = {job.member: f"{type(folder).__name__}: {folder}"}
            raise folder if isinstance(folder, ForecastlabError) else _failed(told)
        for member, parts in entries.read_fits(folder).items():
            found.setdefault(member, []).extend(parts)
    return panels[0], found


def _failed(reasons: Mapping[str, str]) -> DataError:
    what = "; ".join(f"{name}: {why}" if name else why for name, why in reasons.items())
    return DataError(Fault("model-failed", "model", f"it fails on all data: {what}", "register another run"))


def kept(
    experiment: Experiment,
    panel: FoldPanel,
    fits: Mapping[str, Sequence[Sequence[Fit]]],
    tables: tuple[DriverTable, ...],
    asked_for: Ahead,
    memory: Memory,
) -> Foretold:
    """Foretell from what was learned before: nothing is fitted, and no data is read."""
    ends = pd.DatetimeIndex(panel.grid.ds)
    (fold,) = asked_for.split(ends[-1:], panel.history.freq).folds
    levels = experiment.levels if experiment.calibrate.native else ()
    answers = {}
    for leaf in leaves(experiment.model):
        history = panel.history.take(leaf.where.of(panel.history.static))
        question = ask_with(history, fold, tables, False, levels, experiment.what_if)
        told = []
        for part in fits.get(leaf.name, []):
            rows = rows_of(part, history.grid.ids.tolist())
            told += forecast(Kept(leaf.model, part), [question.take(rows)], experiment.target.nonnegative)
        answers[leaf.name] = joined(told or forecast(leaf.model, [question], experiment.target.nonnegative))
    judged = entries.Judged(
        panel.summing,
        asked(panel.levels, fold),
        reference(panel, fold, experiment.levels),
        _until(panel.newcomers, fold),
        panel.account,
        panel.aside,
    )
    return _foretold(experiment, fold, judged, answers, memory)


def _until(later: pd.DataFrame, fold: Fold) -> pd.DataFrame:
    """What is foretold of future customers in the asked periods. Raises ConfigError where that is not kept."""
    if later.empty:
        return later
    known = pd.DatetimeIndex(later[names.DS].unique())
    if not fold.dates.isin(known).all():
        what = f"future customers are foretold for {len(known)} periods, {fold.horizon} are asked for"
        raise ConfigError(Fault("long-horizon", "horizon", what, f"type horizon={len(known)}, or mode=refit"))
    return later[later[names.DS].isin(fold.dates)].reset_index(drop=True)


def _foretold(
    experiment: Experiment, fold: Fold, judged: entries.Judged, answers: Mapping[str, Answer], memory: Memory
) -> Foretold:
    """Combine, reconcile and calibrate with what the backtest has taught by the cutoff; no truth is there."""
    assembly = Assembly(experiment.model, memory.said)
    forecasts, _ = assembly.assemble({name: answer.frame for name, answer in answers.items()}, fold)
    frame = settle(
        newcomers.append(forecasts, judged.newcomers, fold),
        fold,
        judged.summing,
        judged.truth,
        judged.reference,
        memory.scored,
        experiment.reconcile,
        experiment.calibrate,
        experiment.levels,
        experiment.cold,
    )
    return Foretold(
        fold,
        frame[_columns(frame)],
        labelled(answers, "failures"),
        supposed(experiment, assembly, answers, forecasts, fold, judged, memory.scored),
        sum(answer.clipped for answer in answers.values()),
        judged.aside,
        newcomers.notes(judged.newcomers, experiment.target, fold),
    )


def _columns(frame: pd.DataFrame) -> list[str]:
    first = [names.SERIES, names.LEVEL, names.SEGMENT, names.DS, names.CUTOFF, names.STEP, names.YHAT]
    quantiles = [name for name in frame.columns if name[:1] == "q" and name[1:2].isdigit()]
    return [*first, *quantiles, "source", "q_source", "q_n"]


def asking(experiment: E, asked_for: Ahead) -> E:
    """The same experiment with the one fold that lies ahead."""
    found = replace(experiment, backtest=asked_for)
    return replace(found, oracle=False) if isinstance(found, Experiment) else found
