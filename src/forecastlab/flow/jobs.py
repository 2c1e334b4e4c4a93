"""What is sent to workers: a few hundred bytes that say what to read, what to do, and under which key to keep it."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import entries, keys
from forecastlab.schema import Fold, Forecaster, SalesLog, Segmenter
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.forecast import Answer, fallback, forecast
from forecastlab.stages.reference import reference
from forecastlab.target.sales import Sales


@dataclass(frozen=True)
class PanelJob:
    """The panel of one fold: what a model may see, and apart from it what came true."""

    root: Path
    key: str
    log: SalesLog
    segmenter: Segmenter
    fold: Fold
    target: Sales
    calendar: Calendar
    levels: tuple[float, ...]


@dataclass(frozen=True)
class ForecastJob:
    """One fit and the folds it serves, for all series of the panels or for those in ``rows`` (first, one past last)."""

    root: Path
    key: str
    name: str
    panels: tuple[Path, ...]
    folds: tuple[Fold, ...]
    model: Forecaster
    levels: tuple[float, ...]
    nonnegative: bool
    rows: tuple[int, int] | None

    @property
    def stage(self) -> str:
        """The stage in the store."""
        return f"forecast/{self.name}"

    def part(self, rows: tuple[int, int]) -> ForecastJob:
        """The same job for some of the series."""
        return replace(self, rows=rows, key=keys.key(job=self.key, rows=rows))


def panel_job(job: PanelJob) -> Path:
    """Build and keep the panel of one fold: returns its folder."""

    def write(folder: Path) -> None:
        built = panel.build(job.log, job.segmenter, job.fold, job.target, job.calendar)
        entries.write_panel(built, reference(built, job.fold, job.levels), folder)
        came = panel.truth(job.log, job.segmenter, job.fold, job.target, job.calendar, built)
        entries.write_truth(came, folder)

    return Store(job.root).keep("panel", job.key, write, {"cutoff": str(job.fold.cutoff.date())})


def forecast_job(job: ForecastJob) -> Path:
    """Forecast and keep: returns the folder with one file of forecasts and of failures per fold, and the cost."""

    def write(folder: Path) -> None:
        histories = [entries.read_history(path) for path in job.panels]
        if job.rows is not None:
            histories = [history.take(range(*job.rows)) for history in histories]
        start = time.process_time()
        answers = forecast(job.model, histories, job.folds, job.levels, job.nonnegative)
        seconds = time.process_time() - start
        for i, answer in enumerate(answers):
            answer.frame.to_parquet(folder / f"forecasts-{i}.parquet")
            answer.failures.to_parquet(folder / f"failures-{i}.parquet")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cost = {"seconds": seconds, "peak_mb": peak, "clipped": [answer.clipped for answer in answers]}
        (folder / "cost.json").write_text(json.dumps(cost), encoding="utf-8")

    about = {"model": job.name, "cutoffs": [str(fold.cutoff.date()) for fold in job.folds], "rows": job.rows}
    return Store(job.root).keep(job.stage, job.key, write, about)


def lost_job(job: ForecastJob, reason: str) -> list[Answer]:
    """The labelled fallback for a job whose worker was lost again and again."""
    histories = [entries.read_history(path) for path in job.panels]
    if job.rows is not None:
        histories = [history.take(range(*job.rows)) for history in histories]
    return [fallback(past, fold, reason, job.nonnegative) for past, fold in zip(histories, job.folds, strict=True)]


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
        )
        for i in range(n)
    ]
    return answers, Cost(cost["seconds"], cost["peak_mb"])
