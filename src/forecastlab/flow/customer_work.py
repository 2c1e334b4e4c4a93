"""What a run of customers has to compute, each under a key that says what decides it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.customer_jobs import TABLE, ScoreJob, TableJob, score_job, table_job
from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.item_jobs import item_score_job, item_table_job
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import Executor, Fold
from forecastlab.schema.items import ItemModel, ItemTarget

_CODE = ("stages.customer_scores", "stages.customer_list", "stages.score", "stages.composition")
_ITEM_CODE = ("stages.item_lists", "stages.score", "stages.composition", "flow.item_jobs")


def run_key(experiment: CustomerExperiment, prepared: Prepared) -> str:
    """The identity of a whole run: all that decides its scores and how they are judged."""
    return keys.key(
        tables=[table_key(experiment, prepared, fold) for fold in prepared.folds],
        folds=[(fold.role, fold.block) for fold in prepared.folds],
        customer=keys.of_part(experiment.customer),
        metrics=keys.of_part(experiment.metrics),
        levels=experiment.levels,
        calendar=prepared.calendar,
        code=[keys.of_module(name) for name in (_ITEM_CODE if _of_items(experiment) else _CODE)],
    )


def table_key(experiment: CustomerExperiment, prepared: Prepared, fold: Fold) -> str:
    """The identity of a fold's customers: data, segmentation, target, cutoff and what is asked."""
    return keys.key(
        data=prepared.key,
        segmentation=keys.of_part(experiment.segmentation),
        target=keys.of_part(experiment.target),
        fold=(fold.cutoff, fold.horizon, fold.gap, fold.freq),
        code=keys.of_module("stages.item_lists" if _of_items(experiment) else "stages.customers"),
    )


def tables_of(experiment: CustomerExperiment, prepared: Prepared, store: Store, executor: Executor) -> list[Path]:
    """The folders of the customers of all folds, built where they are not kept. Raises ForecastlabError."""
    wanted = [table_key(experiment, prepared, fold) for fold in prepared.folds]
    found = [store.find(TABLE, key) for key in wanted]
    missing = [
        TableJob(store.root, key, prepared.log, experiment.segmenter, fold, experiment.target)
        for key, fold, path in zip(wanted, prepared.folds, found, strict=True)
        if path is None
    ]
    built = executor.map(lay_out, missing)
    return [path or _raised(next(built)) for path in found]


def lay_out(job: TableJob) -> Path:
    """Build and keep what is known of the customers of one fold: returns the folder."""
    return item_table_job(job) if isinstance(job.target, ItemTarget) else table_job(job)


def answer(job: ScoreJob) -> Path:
    """Fit, ask and keep: returns the folder."""
    return item_score_job(job) if isinstance(job.model, ItemModel) else score_job(job)


def _of_items(experiment: CustomerExperiment) -> bool:
    return isinstance(experiment.target, ItemTarget)


def _raised(outcome: Path | Exception) -> Path:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def jobs_of(experiment: CustomerExperiment, prepared: Prepared, tables: Sequence[Path], store: Store) -> list[ScoreJob]:
    """One job for the folds of each block."""
    pairs = zip(prepared.folds, tables, strict=True)
    blocks = [list(block) for _, block in itertools.groupby(pairs, lambda pair: pair[0].block)]
    name = type(experiment.customer).__module__.rpartition(".")[2]
    code = keys.of_module("stages.item_lists" if _of_items(experiment) else "stages.customer_scores")
    model = keys.of_part(experiment.customer)
    return [
        ScoreJob(
            store.root,
            keys.key(tables=[table.name for _, table in block], customer=model, levels=experiment.levels, code=code),
            name,
            tuple(table for _, table in block),
            tuple(fold for fold, _ in block),
            experiment.customer,
            experiment.levels,
        )
        for block in blocks
    ]


def missing_of(
    experiment: CustomerExperiment, prepared: Prepared, store: Store, executor: Executor
) -> dict[str, ScoreJob]:
    """The jobs that are not kept yet, by key. Raises ForecastlabError where the tables cannot be built."""
    jobs = jobs_of(experiment, prepared, tables_of(experiment, prepared, store, executor), store)
    return {job.key: job for job in jobs if store.find(job.stage, job.key) is None}
