"""The line where customers are the unit: known at the cutoff → a score per customer → what happened in the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.customer_jobs import ScoreJob, read_past, read_scores, read_truth, score_job
from forecastlab.flow.customer_work import jobs_of, tables_of
from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.jobs import Cost
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.results import FoldResult
from forecastlab.schema import Executor, Fold, ForecastlabError, names
from forecastlab.stages.customer_list import customer_list
from forecastlab.stages.customer_scores import Scores
from forecastlab.stages.customers import OWN
from forecastlab.stages.forecast import FAILURES


def run(experiment: CustomerExperiment, prepared: Prepared, store: Store, executor: Executor) -> Iterator[FoldResult]:
    """Scores beside what happened, fold by fold in order of time; what was kept before is not computed again.

    Raises ForecastlabError if the customers of a fold cannot be laid out; a method that fails is a result with its
    reason.
    """
    tables = tables_of(experiment, prepared, store, executor)
    jobs = jobs_of(experiment, prepared, tables, store)
    missing = {job.key: job for job in jobs if store.find(job.stage, job.key) is None}
    outcomes = executor.map(score_job, list(missing.values()))
    places = dict(zip((fold.cutoff for fold in prepared.folds), tables, strict=True))
    for job in jobs:
        found = next(outcomes) if missing.pop(job.key, None) else store.find(job.stage, job.key)
        for fold, scores, cost, reason in _told(job, found):
            result = _result(fold, places[fold.cutoff], scores, cost, reason)
            if fold == prepared.folds[-1] and scores is not None and result.frame is not None:
                past, _ = read_past(places[fold.cutoff], experiment.levels)
                result = replace(result, effects=customer_list(result.frame, past, scores.terms))
            yield result


def _told(job: ScoreJob, found: Path | Exception | None) -> Iterator[tuple[Fold, Scores | None, Cost, str]]:
    """What a job says of each of its folds, or why it says nothing."""
    if isinstance(found, ForecastlabError):
        raise found
    if not isinstance(found, Path):
        for fold in job.folds:
            yield fold, None, Cost(0.0, 0.0), f"{type(found).__name__}: {found}"
        return
    for fold, (scores, cost) in zip(job.folds, read_scores(found, len(job.folds)), strict=True):
        yield fold, scores, cost, ""


def _result(fold: Fold, table: Path, scores: Scores | None, cost: Cost, reason: str) -> FoldResult:
    truth, account = read_truth(table)
    if scores is None:
        return FoldResult(fold, None, pd.DataFrame(columns=[*FAILURES, "model"]), 0, cost, account, {}, reason)
    frame = judged(scores.frame, truth, fold)
    return FoldResult(
        fold, frame, scores.failures, scores.clipped, cost, account, {}, effects=scores.terms, notes=scores.remarks
    )


def judged(scores: pd.DataFrame, truth: pd.DataFrame, fold: Fold) -> pd.DataFrame:
    """Scores beside what happened, in the columns of every run: one row per asked customer.

    A customer has no past scale and no Naive2: measures that need them are undefined.
    """
    frame = truth.merge(scores, on=names.SERIES, how="left", validate="one_to_one")
    fixed: dict[str, Any] = {
        names.LEVEL: OWN,
        names.CUTOFF: fold.cutoff,
        names.DS: fold.end,
        names.STEP: 1,
        "role": fold.role,
        "mae_scale": np.nan,
        "mse_scale": np.nan,
        "naive2": np.nan,
        "base": frame[names.YHAT],  # there are no levels that would have to agree
    }
    return frame.assign(**fixed)
