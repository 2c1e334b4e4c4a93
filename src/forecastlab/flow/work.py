"""What a run has to compute: its panels and its forecasts as jobs, each under a key that says what decides it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from forecastlab.cache.store import Store
from forecastlab.flow import bases, customer_work, entries, jobs, keys
from forecastlab.flow.customer_jobs import ScoreJob
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment, Experiment
from forecastlab.flow.jobs import ForecastJob, PanelJob
from forecastlab.flow.members import Leaf, leaves
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import Chooses, Executor, Fold, Forecaster
from forecastlab.schema.names import LIVE

CHUNK = 256
"""Series of a local model that go into one job."""


def run_key(experiment: AnyExperiment, prepared: Prepared) -> str:
    """The identity of a whole run: all that decides its forecasts and its scores."""
    if isinstance(experiment, CustomerExperiment):
        return customer_work.run_key(experiment, prepared)
    return keys.key(
        panels=[panel_key(experiment, prepared, fold) for fold in prepared.folds],
        folds=[(fold.role, fold.block) for fold in prepared.folds],
        model=keys.of_part(experiment.model),
        reconcile=keys.of_part(experiment.reconcile),
        calibrate=keys.of_part(experiment.calibrate),
        metrics=keys.of_part(experiment.metrics),
        drivers=_drivers(experiment, prepared),
        what_if=experiment.what_if,
        code=[keys.of_module(f"stages.{name}") for name in ("forecast", "settle", "score", "composition")],
        **({} if experiment.cold == "zero" else {"cold": experiment.cold}),
        **({"bases": keys.of_module("stages.customer_base")} if bases.wanted(experiment) else {}),
    )


def panel_key(experiment: Experiment, prepared: Prepared, fold: Fold) -> str:
    """The identity of a fold's panel: data, segmentation, target, calendar, cutoff and what is asked."""
    return keys.key(
        data=prepared.key,
        segmentation=keys.of_part(experiment.segmentation),
        target=experiment.target,
        calendar=prepared.calendar,
        fold=(fold.cutoff, fold.horizon, fold.gap, fold.train, fold.role == LIVE),
        levels=experiment.levels,
        upper=experiment.reconcile.upper,
        code=[keys.of_module(f"stages.{name}") for name in ("panel", "reference", "upper")],
    )


def _chosen(model: Forecaster, panels: Sequence[Path]) -> Forecaster:
    """The method that the seasons of the panels ask for, if it is the same for all: its forecasts are kept once."""
    if not isinstance(model, Chooses):
        return model
    first, *others = [model.chosen(*entries.rhythm(panel)) for panel in panels]
    return first if all(other == first for other in others) else model


def _drivers(experiment: Experiment, prepared: Prepared) -> object:
    """What the drivers contribute to an identity; nothing where there are none."""
    if not experiment.drivers:
        return None
    return [prepared.driver_keys, list(experiment.drivers), experiment.oracle, keys.of_module("stages.drivers")]


def panels_of(experiment: Experiment, prepared: Prepared, store: Store, executor: Executor) -> list[Path]:
    """The folders of the panels of all folds, built where they are not kept, as are customer bases that are looked at.

    Raises ForecastlabError.
    """
    names_of = [panel_key(experiment, prepared, fold) for fold in prepared.folds]
    found = [store.find("panel", key) for key in names_of]
    wanted = [
        PanelJob(
            store.root,
            key,
            prepared.log,
            experiment.segmentation,
            fold,
            experiment.target,
            prepared.calendar,
            experiment.levels,
            experiment.reconcile.upper,
        )
        for key, fold in zip(names_of, prepared.folds, strict=True)
    ]
    built = executor.map(jobs.panel_job, [job for job, path in zip(wanted, found, strict=True) if path is None])
    panels = [path or _raised(next(built)) for path in found]
    bases.build_all(experiment, wanted, store, executor)
    return panels


def _raised(outcome: Path | Exception) -> Path:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


Wanted = list[tuple[int, dict[str, list[ForecastJob]]]]
"""For every block its number of folds, and the jobs of every member."""


def wanted_of(experiment: Experiment, prepared: Prepared, panels: Sequence[Path], store: Store) -> Wanted:
    """All jobs of a run, block by block."""
    pairs = zip(prepared.folds, panels, strict=True)
    blocks = [list(block) for _, block in itertools.groupby(pairs, lambda pair: pair[0].block)]
    methods = list(leaves(experiment.model))
    return [
        (len(block), {leaf.name: _jobs(experiment, prepared, leaf, block, store) for leaf in methods})
        for block in blocks
    ]


def missing_of(wanted: Wanted, store: Store) -> dict[str, ForecastJob]:
    """The jobs that are not kept yet, by key."""
    flat = {job.key: job for _, members in wanted for parts in members.values() for job in parts}
    return {key: job for key, job in flat.items() if store.find(job.stage, key) is None}


def _jobs(
    experiment: Experiment, prepared: Prepared, leaf: Leaf, block: Sequence[tuple[Fold, Path]], store: Store
) -> list[ForecastJob]:
    """One job for the folds of a block, or several if a local model has many series: they do not need each other."""
    panels = tuple(panel for _, panel in block)
    leaf = replace(leaf, model=_chosen(leaf.model, panels))
    folds = tuple(fold for fold, _ in block)
    levels = experiment.levels if experiment.calibrate.native else ()
    nonnegative = experiment.target.nonnegative
    what_if = experiment.what_if if folds[-1] == prepared.folds[-1] else {}
    looked_at = folds if bases.reads(leaf.model) else ()
    folders = bases.found(store, [panel_key(experiment, prepared, fold) for fold in looked_at])
    key = keys.key(
        panels=[panel.name for panel in panels],
        **({"bases": [folder.name for folder in folders]} if folders else {}),
        model=keys.of_part(leaf.model),
        where=leaf.where,
        levels=levels,
        nonnegative=nonnegative,
        drivers=_drivers(experiment, prepared),
        what_if=what_if,
        code=keys.of_module("stages.forecast"),
    )
    job = ForecastJob(
        store.root,
        key,
        leaf.name or type(leaf.model).__module__.rpartition(".")[2],
        leaf.name,
        panels,
        folds,
        leaf.model,
        levels,
        nonnegative,
        leaf.where,
        prepared.drivers,
        experiment.oracle,
        what_if,
        folders,
        None,
    )
    sizes = {entries.size(panel, leaf.where) for panel in panels}
    n = sizes.pop()
    if not leaf.model.local or sizes or n <= CHUNK:
        return [job]
    return [job.part((first, min(first + CHUNK, n))) for first in range(0, n, CHUNK)]


def ahead(runs: Sequence[tuple[AnyExperiment, Prepared] | None], store: Store, executor: Executor) -> Iterator[None]:
    """Do what several runs have to compute as one stream of jobs; comes back once per run, when its own are done.

    None stands for a run that needs nothing. Each job is kept, so that ``run`` then finds it. A run whose panels cannot
    be built, and a job that fails, are left to ``run``, which tells why.
    """
    stream: dict[str, ForecastJob | ScoreJob] = {}
    share = []
    for each in runs:
        mine = _to_do(*each, store, executor) if each is not None else {}
        share.append(len(mine.keys() - stream.keys()))
        stream |= mine
    outcomes = executor.map(_do, list(stream.values()))
    for count in share:
        for _ in range(count):
            next(outcomes)
        yield


def _do(job: ForecastJob | ScoreJob) -> Path:
    return customer_work.answer(job) if isinstance(job, ScoreJob) else jobs.forecast_job(job)


def _to_do(
    experiment: AnyExperiment, prepared: Prepared, store: Store, executor: Executor
) -> Mapping[str, ForecastJob | ScoreJob]:
    try:
        if isinstance(experiment, CustomerExperiment):
            return customer_work.missing_of(experiment, prepared, store, executor)
        panels = panels_of(experiment, prepared, store, executor)
    except Exception:
        return {}
    return missing_of(wanted_of(experiment, prepared, panels, store), store)
