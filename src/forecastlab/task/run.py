"""``run``: backtest every config of a study, keep what is finished, compare, and record."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.cache.store import Store
from forecastlab.flow.composed import composition
from forecastlab.flow.experiment import AnyExperiment, Experiment
from forecastlab.flow.once import Once
from forecastlab.flow.outcome import Outcome, gather
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.run import FoldResult, run
from forecastlab.flow.work import ahead, run_key
from forecastlab.recipe import NOBODY, Recipe, Trusted, build, compose, expand
from forecastlab.schema import ConfigError, Executor, ForecastlabError
from forecastlab.task import about, catalogue, data_gate, record, study_page
from forecastlab.task.board import Board, board
from forecastlab.task.data_gate import Verdict
from forecastlab.task.naming import method, name_runs, tuned
from forecastlab.task.recorder import Recorder
from forecastlab.task.replay import replayed
from forecastlab.task.report.write import write_report
from forecastlab.task.studies import StudyFolder, study_folder
from forecastlab.tracking.tracker import Status


@dataclass(frozen=True)
class Named:
    """One run of a study: its name, and how it is made."""

    name: str
    recipe: Recipe


@dataclass(frozen=True)
class RunBegins:
    """A run starts; ``folds`` is how many it has."""

    name: str
    folds: int


@dataclass(frozen=True)
class FoldEnds:
    """A fold of a run was answered, or failed with a reason."""

    name: str
    result: FoldResult


@dataclass(frozen=True)
class RunEnds:
    """A run is over; ``reused`` if it was finished before. ``reason`` says why it has no outcome, or why in part."""

    name: str
    outcome: Outcome | None
    reused: bool
    reason: str = ""


@dataclass(frozen=True)
class StudyEnds:
    """All runs are over: the leaderboard, and where everything lies."""

    study: str
    board: Board | None
    folder: Path


Event = RunBegins | FoldEnds | RunEnds | StudyEnds


def recipes(overrides: Sequence[str], folder: Path | None, multirun: bool, trusted: Trusted = NOBODY) -> list[Named]:
    """The runs that a command asks for, all of them checked before any data is read. Raises ConfigError."""
    overrides = replayed(overrides, folder, trusted)
    start = expand(overrides, {})[0] if multirun else tuple(overrides)
    first = compose(start, folder, trusted)
    points = expand(overrides, first.values.get("sweep") or {})
    configs = [first if point == start else compose(point, folder, trusted) for point in points]
    built: list[Recipe] = []
    faults: dict[Any, None] = {}
    for config in configs:
        try:
            built.append(build(config))
        except ConfigError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise ConfigError(faults)
    names = name_runs([recipe.choices for recipe in built], [config.overrides for config in configs])
    return [Named(_labelled(name, recipe), recipe) for name, recipe in zip(names, built, strict=True)]


def studies(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> list[tuple[str, ...]]:
    """The commands that an experiment with ``studies`` stands for: the same overrides with another experiment each.

    Empty for an experiment without. A study's name given on the command line is that of all, each with the name of its
    experiment behind it, since a study has one leaderboard. Raises ConfigError.
    """
    if not any(_key(override) == "experiments" for override in overrides):
        return []
    start = expand(overrides, {})[0]
    listed = compose(start, folder, trusted).values.get("studies") or []
    return [tuple(_for_study(override, str(name)) for override in overrides) for name in listed]


def _for_study(override: str, name: str) -> str:
    if _key(override) == "experiments":
        return f"+experiments={name}"
    return f"{override}_{name}" if _key(override) == "study" else override


def _key(override: str) -> str:
    return override.partition("=")[0].lstrip("+")


def _labelled(name: str, recipe: Recipe) -> str:
    found = recipe.settings.tuned
    return tuned(name, found.trials) if found else name


def study_name(recipe: Recipe) -> str:
    """The study's name: as configured, or that of the experiment, or that of the data."""
    choices = recipe.composed.choices
    return recipe.settings.study or choices.get("experiments") or choices.get("dataset") or "study"


def run_study(runs: Sequence[Named]) -> Iterator[Event]:
    """Do every run that is not finished yet, and compare them all; events come as things happen.

    A run that fails does not stop the others. Results are on disk before the next run starts. Raises ForecastlabError
    if the only run fails.
    """
    first = runs[0].recipe
    name, root = study_name(first), Path(first.settings.root)
    scene = _Scene(
        Store(root / "cache"),
        study_folder(root, name),
        Recorder(first.tracking, name, first.settings.question, len(runs)),
        Once(first.executor),
    )
    scene.store.sweep()
    status: Status = "KILLED"
    table: Board | None = None
    outcomes: dict[str, Outcome] = {}
    computed = _ahead(runs, scene)
    try:
        for named in runs:
            next(computed, None)
            try:
                outcomes[named.name] = yield from _one(named, scene)
            except ForecastlabError as error:
                if len(runs) == 1:
                    status = "FAILED"
                    raise
                yield RunEnds(named.name, None, False, str(error))
        table = board(outcomes, first.settings.compare)
        if table is not None:
            table.write(scene.folder.path)
            write_report(scene.folder, name, first.settings, table, outcomes)
        complete = len(outcomes) == len(runs) and all(outcome.complete for outcome in outcomes.values())
        status = "FINISHED" if complete else "FAILED"
    finally:
        scene.recorder.close(status, table, outcomes, scene.folder.path)
        scene.executor.close()
    yield StudyEnds(name, table, scene.folder.path)


@dataclass(frozen=True)
class _Scene:
    """What all runs of a study share."""

    store: Store
    folder: StudyFolder
    recorder: Recorder
    executor: Executor


def _ahead(runs: Sequence[Named], scene: _Scene) -> Iterator[None]:
    """Compute what the runs of a study need as one stream of jobs; one run alone is followed fold by fold instead."""
    if len(runs) < 2:
        return
    yield from ahead([_needed(named, scene) for named in runs], scene.store, scene.executor)


def _needed(named: Named, scene: _Scene) -> tuple[AnyExperiment, Prepared] | None:
    """What a run has to compute: None if it is finished, or if its data cannot be had or is refused.

    Its own turn will tell.
    """
    experiment = named.recipe.experiment
    try:
        data_gate.check(named.recipe, scene.store)
        prepared = prepare(experiment, scene.store)
    except ForecastlabError:
        return None
    key = run_key(experiment, prepared)
    kept = scene.folder.find(method(named.recipe.choices), key)
    return (experiment, prepared) if kept is None else None


def _one(named: Named, scene: _Scene) -> Generator[Event, None, Outcome]:
    """One run: as it was kept, or computed, kept and recorded. Raises DataError where the data fails its gate."""
    recipe, recorder = named.recipe, scene.recorder
    prepared = prepare(recipe.experiment, scene.store)
    key = run_key(recipe.experiment, prepared)
    verdict = data_gate.judged(recipe, scene.store)
    if verdict is not None and not verdict.passed:
        _refuse(named, prepared, key, verdict, scene)
    recorder.on(study_page.scenery(prepared, catalogue.meanings("metric", recipe.plain)))
    yield RunBegins(named.name, len(prepared.folds))
    outcome = scene.folder.find(method(recipe.choices), key)
    reused = outcome is not None
    if (reused and scene.folder.recorded(key, recorder.mark)) or recorder.has(key):
        outcome = outcome or (yield from _computed(named, prepared, key, verdict, scene))
        scene.folder.record(key, recorder.mark)
        recorder.reuse(key)
    else:
        child = recorder.child(named.name, record.tags(prepared.fingerprint, key), record.params(recipe.plain))
        status: Status = "KILLED"
        if recipe.settings.tuned is not None:
            child.tags({"forecastlab.tuned": str(recipe.settings.tuned)})
        if verdict is not None:
            verdict.log(child)
        try:
            if outcome is None:
                outcome = yield from _computed(named, prepared, key, verdict, scene)
            if recorder.mark:
                record.log(child, outcome, prepared, recipe.plain, scene.executor)
            status = "FINISHED" if outcome.complete else "FAILED"
        except ForecastlabError:
            status = "FAILED"
            raise
        finally:
            child.finish(status)
        if outcome.complete:
            scene.folder.record(key, recorder.mark)
    assert outcome is not None
    if recipe.settings.tuned is not None and outcome.complete:
        scene.folder.label(key, recipe.settings.tuned)
    yield RunEnds(named.name, outcome, reused, "; ".join(dict.fromkeys(outcome.facts.failed.values())))
    return outcome


def _refuse(named: Named, prepared: Prepared, key: str, verdict: Verdict, scene: _Scene) -> None:
    """Record a run that does not take place, and raise DataError: its data is not as good as it requires."""
    tags = record.tags(prepared.fingerprint, key)
    child = scene.recorder.child(named.name, tags, record.params(named.recipe.plain))
    verdict.log(child)
    child.finish("FAILED")
    raise verdict.error


def _computed(
    named: Named, prepared: Prepared, key: str, verdict: Verdict | None, scene: _Scene
) -> Generator[Event, None, Outcome]:
    """Backtest, gather, and keep if every fold was answered."""
    experiment, composed = named.recipe.experiment, named.recipe.composed
    results = []
    for result in run(experiment, prepared, scene.store, scene.executor):
        results.append(result)
        yield FoldEnds(named.name, result)
    sizes, moves = composition(experiment, prepared, scene.store)
    outcome = gather(
        results,
        experiment.metrics,
        sizes,
        moves,
        name=named.name,
        key=key,
        choices=named.recipe.choices,
        overrides=list(composed.overrides),
        oracle=isinstance(experiment, Experiment) and experiment.oracle,
        season=prepared.calendar.bearable(len(prepared.ends)),
        data=about.kept(prepared, experiment.target) | ({"quality": verdict.plain} if verdict is not None else {}),
    )
    if outcome.complete:
        scene.folder.keep(outcome, named.recipe.plain)
    return outcome
