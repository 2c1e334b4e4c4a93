"""What is sent to workers: a few hundred bytes that say what to read, what to do, and under which key to keep it."""

from __future__ import annotations

import json
import re
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import bases, entries, keys
from forecastlab.flow.members import Where
from forecastlab.schema import ConfigError, Fault, Fold, Forecaster, Future, History, SalesLog, nearest, written
from forecastlab.schema.names import LIVE
from forecastlab.stages import panel
from forecastlab.stages.asked import asked
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.drivers import DriverTable, changed, lay
from forecastlab.stages.forecast import Answer, Ask, fallback, forecast
from forecastlab.stages.kept import fits
from forecastlab.stages.reference import reference
from forecastlab.stages.upper import with_upper
from forecastlab.target.sales import Sales


@dataclass(frozen=True)
class PanelJob:
    """The panel of one fold: what a model may see, and apart from it what came true.

    With ``upper`` a model sees the sums of series too, each from its own past.
    """

    root: Path
    key: str
    log: SalesLog
    segmenter: panel.AnySegmenter
    fold: Fold
    target: Sales
    calendar: Calendar
    levels: tuple[float, ...]
    upper: bool


@dataclass(frozen=True)
class ForecastJob:
    """One fit and the folds it serves.

    ``member`` is the place of the method within the run, empty if it is alone; ``name`` is what it is called.
    It answers for the series ``where`` says, or for those of them in ``rows`` (first, one past last). ``what_if`` maps
    a name to changed drivers; it is asked of the last fold only. ``bases`` has a customer base for each fold, or none
    where the model does not look at customers.
    """

    root: Path
    key: str
    name: str
    member: str
    panels: tuple[Path, ...]
    folds: tuple[Fold, ...]
    model: Forecaster
    levels: tuple[float, ...]
    nonnegative: bool
    where: Where
    drivers: tuple[DriverTable, ...]
    oracle: bool
    what_if: Mapping[str, Mapping[str, float | str]]
    bases: tuple[Path, ...]
    rows: tuple[int, int] | None

    @property
    def stage(self) -> str:
        """The stage in the store: a folder's name, whatever members and segments are called."""
        return "forecast/" + re.sub(r"[^A-Za-z0-9_-]", lambda found: f"-{ord(found[0]):x}-", self.name)

    def part(self, rows: tuple[int, int]) -> ForecastJob:
        """The same job for some of the series."""
        return replace(self, rows=rows, key=keys.key(job=self.key, rows=rows))


def panel_job(job: PanelJob) -> Path:
    """Build and keep the panel of one fold: returns its folder."""

    def write(folder: Path) -> None:
        built = panel.build(job.log, job.segmenter, job.fold, job.target, job.calendar)
        seen = with_upper(built) if job.upper else built
        entries.write_panel(seen, reference(built, job.fold, job.levels), folder)
        if job.fold.role == LIVE:  # nothing has come true yet, and a forecast must be possible without this log
            entries.write_levels(built, folder)
            entries.write_truth(asked(built.levels, job.fold), folder)
            return
        came = panel.truth(job.log, job.segmenter, job.fold, job.target, job.calendar, built)
        entries.write_truth(came, folder)

    return Store(job.root).keep("panel", job.key, write, {"cutoff": written(job.fold.cutoff)})


def forecast_job(job: ForecastJob) -> Path:
    """Forecast and keep: returns the folder with one file of forecasts and of failures per fold, and the cost."""

    def write(folder: Path) -> None:
        asks = asks_of(job)
        start = time.process_time()
        answers = forecast(job.model, asks, job.nonnegative)
        seconds = time.process_time() - start
        for i, answer in enumerate(answers):
            answer.frame.to_parquet(folder / f"forecasts-{i}.parquet")
            answer.failures.to_parquet(folder / f"failures-{i}.parquet")
            answer.effects.to_parquet(folder / f"effects-{i}.parquet")
            for number, (name, frame) in enumerate(answer.what_if.items()):
                frame.assign(scenario=name).to_parquet(folder / f"what_if-{i}-{number:03d}.parquet")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cost = {"seconds": seconds, "peak_mb": peak, "clipped": [answer.clipped for answer in answers]}
        (folder / "cost.json").write_text(json.dumps(cost), encoding="utf-8")

    about = {"model": job.name, "cutoffs": [written(fold.cutoff) for fold in job.folds], "rows": job.rows}
    return Store(job.root).keep(job.stage, job.key, write, about)


def fit_job(job: ForecastJob) -> Path:
    """Fit to the first fold and keep what was learned: returns the folder with ``fits.json`` and the states."""

    def write(folder: Path) -> None:
        entries.write_fits({job.member: [fits(job.model, asks_of(job)[0])]}, folder)

    return Store(job.root).keep("fit", job.key, write, {"model": job.name})


def lost_job(job: ForecastJob, reason: str) -> list[Answer]:
    """The labelled fallback for a job whose worker was lost again and again."""
    return [fallback(each, reason, job.nonnegative) for each in asks_of(job)]


def asks_of(job: ForecastJob) -> list[Ask]:
    """The questions of a job: the past that may be seen, and the drivers as far as they are known or declared."""
    asks = []
    for i, (panel_folder, fold) in enumerate(zip(job.panels, job.folds, strict=True)):
        history = entries.read_history(panel_folder)
        if job.bases:
            history = replace(history, base=bases.read_base(job.bases[i]))
        rows = job.where.of(history.static)
        history = history.take(rows if job.rows is None else rows[slice(*job.rows)])
        what_if = job.what_if if fold == job.folds[-1] else {}
        asks.append(ask_with(history, fold, job.drivers, job.oracle, job.levels, what_if))
    return asks


def ask_with(
    history: History,
    fold: Fold,
    tables: tuple[DriverTable, ...],
    oracle: bool,
    levels: tuple[float, ...],
    what_if: Mapping[str, Mapping[str, float | str]],
) -> Ask:
    """The question of a fold with the drivers that may be known, and what is asked under other assumptions."""
    drivers = lay(tables, history, fold, oracle)
    seen = replace(history, grid=replace(history.grid, drivers=drivers.past))
    future = Future(fold.dates, fold.gap + 1, levels, drivers.ahead)
    return Ask(fold, seen, future, {name: _supposed(future, changes) for name, changes in what_if.items()})


def _supposed(future: Future, changes: Mapping[str, float | str]) -> Future:
    """The same question with drivers as a scenario says. Raises ConfigError for a driver that there is not."""
    unknown = [name for name in changes if name not in future.drivers]
    if unknown:
        there = ", ".join(future.drivers) or "none"
        raise ConfigError(
            [
                Fault(
                    "unknown-driver", "what_if", f"found {name}, there are {there}", nearest(name, list(future.drivers))
                )
                for name in unknown
            ]
        )
    drivers = {name: changed(v, changes[name]) if name in changes else v for name, v in future.drivers.items()}
    return replace(future, drivers=drivers, levels=())


@dataclass(frozen=True)
class Cost:
    """What fitting and predicting took: CPU seconds, and the peak memory of a worker in MB."""

    seconds: float
    peak_mb: float


def read_answers(folder: Path, n: int) -> tuple[list[Answer], Cost]:
    """The answers to the ``n`` folds of a job, and what they cost when they were computed."""
    cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
    answers = [
        Answer(
            pd.read_parquet(folder / f"forecasts-{i}.parquet"),
            pd.read_parquet(folder / f"failures-{i}.parquet"),
            cost["clipped"][i],
            _read_what_if(folder, i),
            pd.read_parquet(folder / f"effects-{i}.parquet"),
        )
        for i in range(n)
    ]
    return answers, Cost(cost["seconds"], cost["peak_mb"])


def _read_what_if(folder: Path, i: int) -> dict[str, pd.DataFrame]:
    frames = [pd.read_parquet(path) for path in sorted(folder.glob(f"what_if-{i}-*.parquet"))]
    return {str(frame["scenario"].iloc[0]): frame.drop(columns="scenario") for frame in frames if len(frame)}
