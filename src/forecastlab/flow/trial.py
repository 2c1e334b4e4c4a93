"""One trial of a search: the selection folds, one after the other, until it is hopeless."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.executor.serial import Serial
from forecastlab.flow import keys
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.run import run
from forecastlab.schema import ForecastlabError, Metric, Split, names, quantile_column, written
from forecastlab.schema.names import SELECT
from forecastlab.stages.customers import OWN
from forecastlab.stages.ranking import loss_of
from forecastlab.stages.score import as_scored
from forecastlab.tuning.search import Objective
from forecastlab.tuning.space import Proposal, State, Trial


@dataclass(frozen=True)
class TrialJob:
    """What a worker needs to try values: the experiment made of them, the prepared data, and when to give up."""

    root: Path
    index: int
    proposal: Proposal
    experiment: AnyExperiment
    prepared: Prepared
    level: str
    metric: str
    bar: tuple[float, ...]
    objectives: tuple[Objective, ...]


def selection(prepared: Prepared) -> Prepared:
    """The same data with the selection folds only: a search never sees the test folds."""
    folds = [fold for fold in prepared.folds if fold.role == SELECT]
    return dataclasses.replace(prepared, split=Split(folds, prepared.split.dropped))


def trial_job(job: TrialJob) -> Trial:
    """Backtest the values fold by fold: the loss so far after each fold, until one is above the bar.

    What goes wrong is a failed trial with its reason, not an exception. Forecasts that were kept are not made again.
    The objective ``seconds`` is what fitting and predicting took when it was done, which is kept with the forecasts.
    """
    if "seconds" in job.objectives:
        _get_ready(job)
    start = time.process_time()
    spent = 0.0
    frames: list[pd.DataFrame] = []
    losses: list[float] = []
    state: State = "done"
    reason = ""
    try:
        for result in run(job.experiment, job.prepared, Store(job.root), Serial()):
            spent += result.cost.seconds
            if result.frame is None:
                state, reason = "failed", result.reason
                break
            frames.append(result.frame)
            losses.append(loss(frames, job.level, job.metric, job.experiment.metrics))
            if not np.isfinite(losses[-1]):
                state, reason = "failed", f"the loss is not a number after the fold of {written(result.fold.cutoff)}"
                break
            if losses[-1] > job.bar[len(losses) - 1]:
                state = "pruned"
                break
    except ForecastlabError as error:
        state, reason = "failed", str(error)
    seconds = time.process_time() - start
    values: tuple[float, ...] = ()
    if state == "done":
        figures = {"loss": losses[-1], "seconds": spent, "coverage": _miscoverage(frames, job.level)}
        values = tuple(figures[name] for name in job.objectives)
    return Trial(job.index, job.proposal, state, tuple(losses), values, seconds, reason)


_ready: set[str] = set()


def _get_ready(job: TrialJob) -> None:
    """Answer the first fold aside, once per process and method: loading libraries is no trial's cost."""
    made = job.experiment
    part = made.customer if isinstance(made, CustomerExperiment) else made.model
    kind = str(sorted(keys.of_part(part)["code"]))
    if kind in _ready:
        return
    _ready.add(kind)
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        first = dataclasses.replace(job.prepared, split=Split(job.prepared.folds[:1], job.prepared.split.dropped))
        with contextlib.suppress(ForecastlabError):
            next(run(job.experiment, first, Store(Path(place)), Serial()), None)


def measured_job(job: TrialJob) -> Trial:
    """The same trial to its last fold, computed anew; its ``seconds`` are what every further trial costs.

    It is done twice, apart from what is kept: what comes once for all trials, panels and libraries, is not counted.
    """
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        patient = dataclasses.replace(job, root=Path(place), bar=(np.inf,) * len(job.bar))
        trial_job(patient)
        shutil.rmtree(Path(place, "forecast"), ignore_errors=True)
        return trial_job(patient)


def _miscoverage(frames: Sequence[pd.DataFrame], level: str) -> float:
    """How far the share of truths between the 10 % and the 90 % quantile is from 80 %; 1 where there are none."""
    rows = pd.concat([frame[frame[names.LEVEL] == level] for frame in frames], ignore_index=True)
    low, high = quantile_column(0.1), quantile_column(0.9)
    known = rows.dropna(subset=[low, high]) if {low, high} <= set(rows) else rows.iloc[:0]
    return abs(float(known[names.Y].between(known[low], known[high]).mean()) - 0.8) if len(known) else 1.0


def loss(frames: Sequence[pd.DataFrame], level: str, metric: str, metrics: Mapping[str, Metric]) -> float:
    """WAPE or MASE of a level, pooled over the folds so far; of customers the mean of the measure over the folds."""
    if level == OWN:
        return float(np.mean([loss_of(metric, metrics[metric].score(as_scored(frame))) for frame in frames]))
    rows = pd.concat([frame[frame[names.LEVEL] == level] for frame in frames], ignore_index=True)
    if metric == "mase":
        rows = rows[rows["mae_scale"] > 0]
        return float(((rows[names.Y] - rows[names.YHAT]).abs() / rows["mae_scale"]).mean())
    return float((rows[names.Y] - rows[names.YHAT]).abs().sum() / rows[names.Y].abs().sum())
