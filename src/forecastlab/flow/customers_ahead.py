"""Customers as they are known now, each with a score: from a fit to the data as it is, or from what was kept of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import entries
from forecastlab.flow.customer_jobs import (
    ScoreJob,
    fit_job,
    read_account,
    read_past,
    read_scores,
    read_segments,
    score_job,
)
from forecastlab.flow.customer_work import jobs_of, tables_of
from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import DataError, Executor, Fault, Fold, ForecastlabError, quantile_columns
from forecastlab.schema.names import CUTOFF, DS, SEGMENT, SERIES
from forecastlab.schema.parts import State
from forecastlab.stages.customer_list import customer_list
from forecastlab.stages.customer_scores import Scores, answer
from forecastlab.stages.kept import Fit


@dataclass(frozen=True)
class Listed:
    """The customers of the fold that lies ahead, and what there is to say of their scores.

    ``frame`` has one row per asked customer, the money at stake most first: ``unique_id, cutoff, ds`` (the end of the
    horizon), ``segment, tier, score, q…, rhythm, historic, contribution, stake, drivers, reason`` (see
    ``customer_list``) and ``source``, whether the method answered (``model``) or its fallback. ``failures`` lists those
    fallbacks, ``account`` what became of every customer: asked, or left out for a reason.
    """

    fold: Fold
    frame: pd.DataFrame
    failures: pd.DataFrame
    account: Mapping[str, tuple[int, int]]
    remarks: tuple[str, ...]


def refit(experiment: CustomerExperiment, prepared: Prepared, store: Store, executor: Executor) -> Listed:
    """Fit to the data as it is now, and ask. Raises ForecastlabError, also where the method fails."""
    table, job = _job(experiment, prepared, store, executor)
    found = store.find(job.stage, job.key) or next(executor.map(score_job, [job]))
    ((scores, _),) = read_scores(_told(found), 1)
    return _listed(experiment, prepared.folds[0], table, scores)


def learned(
    experiment: CustomerExperiment, prepared: Prepared, store: Store, executor: Executor
) -> tuple[Path, dict[str, list[list[Fit]]]]:
    """Fit to the data as it is now and keep what was learned: the folder of the customers, and the fit.

    Raises ForecastlabError, also where the method fails.
    """
    table, job = _job(experiment, prepared, store, executor)
    return table, entries.read_fits(_told(store.find("fit", job.key) or next(executor.map(fit_job, [job]))))


def kept(experiment: CustomerExperiment, prepared: Prepared, state: State, store: Store, executor: Executor) -> Listed:
    """Ask what was learned before about customers as they are known now: nothing is fitted."""
    table, _ = _job(experiment, prepared, store, executor)
    past, asked = read_past(table, experiment.levels)
    scores = answer(experiment.scorer.from_state(state), past, asked, prepared.folds[0])
    return _listed(experiment, prepared.folds[0], table, scores)


def _job(experiment: CustomerExperiment, prepared: Prepared, store: Store, executor: Executor) -> tuple[Path, ScoreJob]:
    (table,) = tables_of(experiment, prepared, store, executor)
    (job,) = jobs_of(experiment, prepared, [table], store)
    return table, job


def _told(found: Path | Exception) -> Path:
    if isinstance(found, ForecastlabError):
        raise found
    if isinstance(found, Exception):
        what = f"it fails on all data: {type(found).__name__}: {found}"
        raise DataError(Fault("model-failed", "customer", what, "register another run"))
    return found


def _listed(experiment: CustomerExperiment, fold: Fold, table: Path, scores: Scores) -> Listed:
    past, _ = read_past(table, experiment.levels)
    asked = read_segments(table).merge(scores.frame, on=SERIES, validate="one_to_one")
    found = customer_list(asked, past, scores.terms)
    quantiles = list(quantile_columns(scores.frame).values())
    found = found.merge(scores.frame[[SERIES, *quantiles, "source"]], on=SERIES, validate="one_to_one")
    found = found.assign(**{CUTOFF: fold.cutoff, DS: fold.end}).astype(dict.fromkeys((CUTOFF, DS), "datetime64[ns]"))
    first = [SERIES, CUTOFF, DS, SEGMENT, "tier", "score", *quantiles]
    last = ["rhythm", "historic", "contribution", "stake", "drivers", "reason", "source"]
    return Listed(fold, found[[*first, *last]], scores.failures, read_account(table), scores.remarks)
