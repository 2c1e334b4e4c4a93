"""The whole line, top to bottom: a generator of the scored forecasts of one fold after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.executor import WorkerLost
from forecastlab.flow import entries, jobs, keys
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.jobs import Cost, ForecastJob, PanelJob
from forecastlab.flow.members import Assembly, Leaf, leaves
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import Executor, Fold, ForecastlabError, names
from forecastlab.stages import newcomers
from forecastlab.stages.forecast import FAILURES, Answer
from forecastlab.stages.settle import settle

CHUNK = 256
"""Series of a local model that go into one job."""


@dataclass(frozen=True)
class FoldResult:
    """One fold, answered: scored forecasts at all levels, series that fell back, and what it cost.

    ``frame`` is None where the model failed as a whole; ``reason`` then says why. ``account`` maps what became of the
    rows before the cutoff to rows and cents; ``aside`` maps series that were set aside before any fit to the reason.
    ``effects`` is what the methods have learned of their columns (see ``Explained``), with the ``model``; ``what_if``
    has the forecasts of all levels under each assumption: ``scenario, unique_id, ds, yhat``, and ``base`` beside.
    ``notes`` says what a reader must know to take the figures for what they are.
    """

    fold: Fold
    frame: pd.DataFrame | None
    failures: pd.DataFrame
    clipped: int
    cost: Cost
    account: Mapping[str, tuple[int, int]]
    aside: Mapping[str, str]
    reason: str = ""
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)
    what_if: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reply:
    """What one member answers to one fold; no answer where it failed."""

    answer: Answer | None
    cost: Cost
    reason: str = ""


def run(experiment: Experiment, prepared: Prepared, store: Store, executor: Executor) -> Iterator[FoldResult]:
    """Scored forecasts fold by fold, in order of time; stop reading when you have seen enough.

    Panels and forecasts that were kept before are not computed again. Raises ForecastlabError if a panel cannot be
    built; a model that fails is a result with a reason.
    """
    panels = _panels(experiment, prepared, store, executor)
    past: list[pd.DataFrame] = []
    assembly = Assembly(experiment.model)
    replies = _replies(experiment, prepared, panels, store, executor)
    for fold, panel, reply in zip(prepared.folds, panels, replies, strict=True):
        judged = entries.read_judged(panel)
        failed = [
            f"{name}: {each.reason}" if len(reply) > 1 else each.reason
            for name, each in reply.items()
            if each.answer is None
        ]
        cost = Cost(
            sum(each.cost.seconds for each in reply.values()), max(each.cost.peak_mb for each in reply.values())
        )
        answers = {name: each.answer for name, each in reply.items() if each.answer is not None}
        clipped = sum(answer.clipped for answer in answers.values())
        found = FoldResult(
            fold, None, _labelled(answers, "failures"), clipped, cost, judged.account, judged.aside, "; ".join(failed)
        )
        found = replace(found, notes=newcomers.notes(judged.newcomers, experiment.target, fold))
        if failed:
            yield found
            continue
        forecasts, said = assembly.assemble({name: answer.frame for name, answer in answers.items()}, fold)
        frame = settle(
            newcomers.append(forecasts, judged.newcomers, fold),
            fold,
            judged.summing,
            judged.truth,
            judged.reference,
            pd.concat(past, ignore_index=True) if past else pd.DataFrame(),
            experiment.reconcile,
            experiment.calibrate,
            experiment.levels,
        )
        past.append(frame)
        what_if = _supposed(experiment, assembly, answers, forecasts, fold, judged)
        assembly.learn(said, judged.truth, judged.reference)
        yield replace(found, frame=frame, effects=_labelled(answers, "effects"), what_if=what_if)


def ahead(runs: Sequence[tuple[Experiment, Prepared] | None], store: Store, executor: Executor) -> Iterator[None]:
    """Do what several runs have to compute as one stream of jobs; comes back once per run, when its own are done.

    None stands for a run that needs nothing. Each job is kept, so that ``run`` then finds it. A run whose panels cannot
    be built, and a job that fails, are left to ``run``, which tells why.
    """
    stream: dict[str, ForecastJob] = {}
    share = []
    for each in runs:
        mine = _to_do(*each, store, executor) if each is not None else {}
        share.append(len(mine.keys() - stream.keys()))
        stream |= mine
    outcomes = executor.map(jobs.forecast_job, list(stream.values()))
    for count in share:
        for _ in range(count):
            next(outcomes)
        yield


def _to_do(experiment: Experiment, prepared: Prepared, store: Store, executor: Executor) -> dict[str, ForecastJob]:
    try:
        panels = _panels(experiment, prepared, store, executor)
    except Exception:
        return {}
    return _missing(_wanted(experiment, prepared, panels, store), store)


def _supposed(
    experiment: Experiment,
    assembly: Assembly,
    answers: Mapping[str, Answer],
    forecasts: pd.DataFrame,
    fold: Fold,
    judged: entries.Judged,
) -> pd.DataFrame:
    """Forecasts of all levels under each assumption, beside those without (``base``); empty where none was asked."""
    frames = []
    for name in next(iter(answers.values())).what_if:
        told, _ = assembly.assemble({leaf: answer.what_if[name] for leaf, answer in answers.items()}, fold)
        whole, base = (
            experiment.reconcile.reconcile(newcomers.append(each, judged.newcomers, fold)[_POINT], judged.summing)
            for each in (told, forecasts)
        )
        base = base.rename(columns={names.YHAT: "base"})
        frames.append(whole.merge(base, on=[names.SERIES, names.DS]).assign(scenario=name))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


_POINT = [names.SERIES, names.DS, names.YHAT]


def _labelled(answers: Mapping[str, Answer], what: str) -> pd.DataFrame:
    """One frame of all methods' failures or effects, with the method in ``model``."""
    frames: list[pd.DataFrame] = [getattr(answer, what).assign(model=name) for name, answer in answers.items()]
    full = [frame for frame in frames if len(frame)]
    if full:
        return pd.concat(full, ignore_index=True)
    return pd.DataFrame(columns=[*FAILURES, "model"]) if what == "failures" else pd.DataFrame()


def run_key(experiment: Experiment, prepared: Prepared) -> str:
    """The identity of a whole run: all that decides its forecasts and its scores."""
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
    )


def panel_key(experiment: Experiment, prepared: Prepared, fold: Fold) -> str:
    """The identity of a fold's panel: data, segmentation, target, calendar, cutoff and what is asked."""
    return keys.key(
        data=prepared.key,
        segmentation=keys.of_part(experiment.segmentation),
        target=experiment.target,
        calendar=prepared.calendar,
        fold=(fold.cutoff, fold.horizon, fold.gap, fold.train),
        levels=experiment.levels,
        code=[keys.of_module("stages.panel"), keys.of_module("stages.reference")],
    )


def _drivers(experiment: Experiment, prepared: Prepared) -> object:
    """What the drivers contribute to an identity; nothing where there are none."""
    if not experiment.drivers:
        return None
    return [prepared.driver_keys, list(experiment.drivers), experiment.oracle, keys.of_module("stages.drivers")]


def _panels(experiment: Experiment, prepared: Prepared, store: Store, executor: Executor) -> list[Path]:
    names_of = [panel_key(experiment, prepared, fold) for fold in prepared.folds]
    found = [store.find("panel", key) for key in names_of]
    missing = [
        PanelJob(
            store.root,
            key,
            prepared.log,
            experiment.segmentation,
            fold,
            experiment.target,
            prepared.calendar,
            experiment.levels,
        )
        for key, fold, path in zip(names_of, prepared.folds, found, strict=True)
        if path is None
    ]
    built = executor.map(jobs.panel_job, missing)
    return [path or _raised(next(built)) for path in found]


def _raised(outcome: Path | Exception) -> Path:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _replies(
    experiment: Experiment, prepared: Prepared, panels: Sequence[Path], store: Store, executor: Executor
) -> Iterator[dict[str, _Reply]]:
    """What every member answers to each fold. All jobs go out as one stream and come back in the same order."""
    wanted = _wanted(experiment, prepared, panels, store)
    missing = _missing(wanted, store)
    outcomes = executor.map(jobs.forecast_job, list(missing.values()))
    for folds, members in wanted:
        replies = {}
        for name, parts in members.items():
            pieces = []
            for job in parts:
                found = next(outcomes) if missing.pop(job.key, None) else store.find(job.stage, job.key)
                pieces.append(_read(job, found, executor))
            replies[name] = [_joined([piece[i] for piece in pieces]) for i in range(folds)]
        for i in range(folds):
            yield {name: of_member[i] for name, of_member in replies.items()}


Wanted = list[tuple[int, dict[str, list[ForecastJob]]]]
"""For every block its number of folds, and the jobs of every member."""


def _wanted(experiment: Experiment, prepared: Prepared, panels: Sequence[Path], store: Store) -> Wanted:
    pairs = zip(prepared.folds, panels, strict=True)
    blocks = [list(block) for _, block in itertools.groupby(pairs, lambda pair: pair[0].block)]
    methods = list(leaves(experiment.model))
    return [
        (len(block), {leaf.name: _jobs(experiment, prepared, leaf, block, store.root) for leaf in methods})
        for block in blocks
    ]


def _missing(wanted: Wanted, store: Store) -> dict[str, ForecastJob]:
    flat = {job.key: job for _, members in wanted for parts in members.values() for job in parts}
    return {key: job for key, job in flat.items() if store.find(job.stage, key) is None}


def _jobs(
    experiment: Experiment, prepared: Prepared, leaf: Leaf, block: Sequence[tuple[Fold, Path]], root: Path
) -> list[ForecastJob]:
    """One job for the folds of a block, or several if a local model has many series: they do not need each other."""
    panels = tuple(panel for _, panel in block)
    folds = tuple(fold for fold, _ in block)
    levels = experiment.levels if experiment.calibrate.native else ()
    nonnegative = experiment.target.nonnegative
    what_if = experiment.what_if if folds[-1] == prepared.folds[-1] else {}
    key = keys.key(
        panels=[panel.name for panel in panels],
        model=keys.of_part(leaf.model),
        where=leaf.where,
        levels=levels,
        nonnegative=nonnegative,
        drivers=_drivers(experiment, prepared),
        what_if=what_if,
        code=keys.of_module("stages.forecast"),
    )
    job = ForecastJob(
        root,
        key,
        leaf.name or type(leaf.model).__module__.rpartition(".")[2],
        panels,
        folds,
        leaf.model,
        levels,
        nonnegative,
        leaf.where,
        prepared.drivers,
        experiment.oracle,
        what_if,
        None,
    )
    sizes = {entries.size(panel, leaf.where) for panel in panels}
    n = sizes.pop()
    if not leaf.model.local or sizes or n <= CHUNK:
        return [job]
    return [job.part((first, min(first + CHUNK, n))) for first in range(0, n, CHUNK)]


def _read(job: ForecastJob, outcome: Path | Exception | None, executor: Executor) -> list[_Reply]:
    """The replies of one job to its folds. A local job that lost its worker is halved until the culprit is alone."""
    n = len(job.folds)
    if isinstance(outcome, Path):
        answers, cost = jobs.read_answers(outcome, n)
        return [_Reply(answer, Cost(cost.seconds / n, cost.peak_mb)) for answer in answers]
    if isinstance(outcome, ForecastlabError):
        raise outcome
    reason = f"{type(outcome).__name__}: {outcome}"
    if not isinstance(outcome, WorkerLost) or not job.model.local:
        return [_Reply(None, Cost(0.0, 0.0), reason)] * n
    first, last = job.rows or (0, entries.size(job.panels[0], job.where))
    if last - first == 1:
        return [_Reply(answer, Cost(0.0, 0.0)) for answer in jobs.lost_job(job, reason)]
    middle = (first + last) // 2
    halves = [job.part((first, middle)), job.part((middle, last))]
    replies = [
        _read(half, found, executor)
        for half, found in zip(halves, executor.map(jobs.forecast_job, halves), strict=True)
    ]
    return [_joined([reply[i] for reply in replies]) for i in range(n)]


def _joined(parts: Sequence[_Reply]) -> _Reply:
    """The replies for some of the series each, as one; a part that failed fails the whole."""
    if len(parts) == 1:
        return parts[0]
    cost = Cost(sum(part.cost.seconds for part in parts), max(part.cost.peak_mb for part in parts))
    answers = [part.answer for part in parts if part.answer is not None]
    if len(answers) < len(parts):
        return _Reply(None, cost, next(part.reason for part in parts if part.answer is None))
    ledgers = [answer.failures for answer in answers if len(answer.failures)] or [answers[0].failures]
    frame = pd.concat([answer.frame for answer in answers], ignore_index=True)
    clipped = sum(answer.clipped for answer in answers)
    what_if = {
        name: pd.concat([each.what_if[name] for each in answers], ignore_index=True) for name in answers[0].what_if
    }
    effects = pd.concat([each.effects for each in answers], ignore_index=True)
    return _Reply(Answer(frame, pd.concat(ledgers, ignore_index=True), clipped, what_if, effects), cost)
