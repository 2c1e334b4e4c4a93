"""``plan``: what a run would do, before it does it."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import bases
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment, Experiment
from forecastlab.flow.members import leaves
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.recipe import NOBODY, Trusted
from forecastlab.schema import Fold, Forecaster, Grid, History, SalesLog
from forecastlab.schema.names import ANONYMOUS, LEVEL, NEW, PROSPECT, SEGMENT, SERIES
from forecastlab.stages.forecast import ask, forecast
from forecastlab.stages.opened import name, opened, text
from forecastlab.stages.supposed_base import supposed
from forecastlab.stages.target import cuts
from forecastlab.task import customer_cost
from forecastlab.task.run import Named, recipes

SAMPLE = 6
"""Made-up series that a method is timed on."""


@dataclass(frozen=True)
class Work:
    """What one method of a run has to do. ``seconds`` of CPU and peak ``mb`` of one worker are estimates."""

    run: str
    member: str
    fits: int
    series: int
    seconds: float
    mb: float


@dataclass(frozen=True)
class Plan:
    """The folds of a study's first run, those that were dropped with why, its series, and the work of all its runs."""

    prepared: Prepared
    warmup: int
    series: int
    work: Sequence[Work]
    workers: int
    units: str

    @property
    def seconds(self) -> float:
        """Wall time of all the work over all workers, without start-up."""
        return sum(work.seconds for work in self.work) / self.workers


def plan(overrides: Sequence[str], folder: Path | None, multirun: bool, trusted: Trusted = NOBODY) -> Plan:
    """Lay the folds and estimate the work. Loads the data (once) for its dates and counts; fits nothing of it.

    Times are measured on a few made-up series of the same length, so they are rough. Raises ConfigError, DataError.
    """
    runs = recipes(overrides, folder, multirun, trusted)
    first = runs[0].recipe
    store = Store(Path(first.settings.root) / "cache")
    prepared = prepare(first.experiment, store)
    workers = getattr(first.executor, "workers", 1) or len(os.sched_getaffinity(0))
    work = [each for named in runs for each in _work(named, store)]
    series = _units(first.experiment, prepared)
    units = "customers" if isinstance(first.experiment, CustomerExperiment) else "series"
    return Plan(prepared, prepared.calendar.warmup, series, work, workers, units)


def _work(named: Named, store: Store) -> list[Work]:
    experiment = named.recipe.experiment
    prepared = prepare(experiment, store)
    if isinstance(experiment, CustomerExperiment):
        return [_of_customers(named, experiment, prepared)]
    series = _series(experiment, prepared)
    fits = len({fold.block for fold in prepared.folds})
    levels = experiment.levels if experiment.calibrate.native else ()
    longest = prepared.folds[-1]
    periods = int((prepared.ends <= longest.cutoff).sum())
    history = _made_up(min(series, SAMPLE), min(periods, longest.train or periods), prepared)
    found = []
    methods = list(leaves(experiment.model))
    for leaf in methods:
        if bases.reads(leaf.model):  # what it costs goes with the customers, not with the series
            customers = _count(prepared.log, "SELECT count(DISTINCT customer_id) FROM read_parquet({})")
            behind = replace(history, base=supposed(history, max(customers, 1), longest.gap + longest.horizon))
            seconds = _timed(leaf.model, behind, longest, levels) * fits
        else:
            seconds = _timed(leaf.model, history, longest, levels) * series / len(history.grid.ids) * fits
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + series * periods * 8 * 20 / 1e6
        found.append(Work(named.name, leaf.name if len(methods) > 1 else "", fits, series, seconds, peak))
    return found


def _timed(model: Forecaster, history: History, fold: Fold, levels: tuple[float, ...]) -> float:
    """CPU seconds of one fit, the second one: the first also imports libraries."""
    seconds = 0.0
    for _ in range(2):
        start = time.process_time()
        forecast(model, [ask(history, fold, levels)], True)
        seconds = time.process_time() - start
    return seconds


def _made_up(n: int, periods: int, prepared: Prepared) -> History:
    """Series with a trend and noise, as long as the longest past."""
    draws = np.random.default_rng(0)
    values = 100 + np.arange(periods) * 0.1 + draws.normal(0, 10, (n, periods))
    ids = np.array([f"series-{i}" for i in range(n)])
    static = pd.DataFrame({LEVEL: "sample", SEGMENT: "sample"}, index=pd.Index(ids, name=SERIES))
    for dimension in prepared.log.facts.dimensions:
        static[dimension] = "sample"
    calendar = prepared.calendar
    grid = Grid(ids, prepared.ends[:periods], np.abs(values))
    season, longer = calendar.borne(grid)
    return History(grid, calendar.freq, season, static, None, longer)


def _units(experiment: AnyExperiment, prepared: Prepared) -> int:
    """Series, or customers, that will be foretold."""
    if isinstance(experiment, CustomerExperiment):
        return customer_cost.customers(prepared)
    return _series(experiment, prepared)


def _of_customers(named: Named, experiment: CustomerExperiment, prepared: Prepared) -> Work:
    """The work of a run of customers: one fit per block of folds."""
    n = customer_cost.customers(prepared)
    fits = len({fold.block for fold in prepared.folds})
    seconds = customer_cost.seconds(experiment, prepared, n) * fits
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + customer_cost.megabytes(experiment, prepared, n)
    return Work(named.name, "", fits, n, seconds, peak)


def _series(experiment: Experiment, prepared: Prepared) -> int:
    """Series that will be forecast: at most, since not every segment sells in every category."""
    log: SalesLog = prepared.log
    if log.facts.kind == "panel":
        return _count(log, "SELECT count(DISTINCT unique_id) FROM read_parquet({})")
    keys = cuts(experiment.target, experiment.segmentation)
    dimensions = [key for key in keys if key != SEGMENT]
    segments = {*experiment.segmentation.segments, NEW, ANONYMOUS} - {PROSPECT} if SEGMENT in keys else {""}
    if not dimensions:
        return len(segments)
    with opened(log, prepared.folds[-1].cutoff) as con:
        columns = ", ".join(map(name, dimensions))
        row = con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {columns} FROM sales)").fetchone()
    return int(row[0]) * len(segments) if row else 0


def _count(log: SalesLog, query: str) -> int:
    import duckdb

    with duckdb.connect(config={"threads": 1}) as con:
        row = con.execute(query.format(text(str(log.path)))).fetchone()
    return int(row[0]) if row else 0
