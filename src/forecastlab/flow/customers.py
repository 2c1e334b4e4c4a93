"""The line where customers are the unit: known at the cutoff → a score per customer → what happened in the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import item_jobs
from forecastlab.flow.customer_jobs import ScoreJob, read_account, read_past, read_scores, read_truth
from forecastlab.flow.customer_work import answer, jobs_of, tables_of
from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.item_jobs import read_lists
from forecastlab.flow.jobs import Cost
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.results import FoldResult
from forecastlab.schema import Executor, Fold, ForecastlabError, names
from forecastlab.schema.items import ItemTarget
from forecastlab.stages.approached import unjudged
from forecastlab.stages.customer_list import customer_list
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
    outcomes = executor.map(answer, list(missing.values()))
    last = prepared.folds[-1]
    told = _lists if isinstance(experiment.target, ItemTarget) else _scores
    for job in jobs:
        found = next(outcomes) if missing.pop(job.key, None) else store.find(job.stage, job.key)
        if isinstance(found, ForecastlabError):
            raise found
        yield from told(job, found, last) if isinstance(found, Path) else _failed(job, found)


def _failed(job: ScoreJob, why: Exception | None) -> Iterator[FoldResult]:
    """Why a job says nothing, for each of its folds."""
    for fold, table in zip(job.folds, job.tables, strict=True):
        nothing = pd.DataFrame(columns=[*FAILURES, "model"])
        reason = f"{type(why).__name__}: {why}"
        yield FoldResult(fold, None, nothing, 0, Cost(0.0, 0.0), read_account(table), {}, reason)


def _scores(job: ScoreJob, found: Path, last: Fold) -> Iterator[FoldResult]:
    """What a job says of each of its folds; with the terms of the scores, or the list of customers of the last fold."""
    answers = read_scores(found, len(job.folds))
    for fold, table, (scores, cost) in zip(job.folds, job.tables, answers, strict=True):
        truth = read_truth(table)
        frame, notes = judged(scores.frame, truth, fold), (*scores.remarks, *unjudged(truth, fold))
        effects = scores.terms
        if fold == last:
            effects = customer_list(frame, read_past(table, job.levels)[0], scores.terms)
        account = read_account(table)
        yield FoldResult(fold, frame, scores.failures, scores.clipped, cost, account, {}, effects=effects, notes=notes)


def _lists(job: ScoreJob, found: Path, _: Fold) -> Iterator[FoldResult]:
    """The lists that a job makes for each of its folds, with the rules behind them."""
    nothing = pd.DataFrame(columns=[*FAILURES, "model"])
    for fold, table, (lists, cost) in zip(job.folds, job.tables, read_lists(found, len(job.folds)), strict=True):
        frame = item_jobs.judged(lists, table, fold)
        yield FoldResult(fold, frame, nothing, 0, cost, read_account(table), {}, effects=lists.rules)


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
