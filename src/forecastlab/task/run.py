"""``run``: backtest every config of a study, keep what is finished, compare, and record."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.cache.store import Store
from forecastlab.flow import composed
from forecastlab.flow.outcome import Outcome, gather
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.run import FoldResult, run, run_key
from forecastlab.recipe import Recipe, build, compose, expand
from forecastlab.schema import ConfigError, ForecastlabError
from forecastlab.task import record
from forecastlab.task.board import Board, board
from forecastlab.task.naming import name_runs
from forecastlab.task.studies import StudyFolder, study_folder
from forecastlab.tracking.tracker import Run, Study


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
    """All runs are over: the leaderboard, where everything lies, and the study's id in the store (None: not there)."""

    study: str
    board: Board | None
    folder: Path
    store_id: str | None


Event = RunBegins | FoldEnds | RunEnds | StudyEnds


def recipes(overrides: Sequence[str], folder: Path | None, multirun: bool) -> list[Named]:
    """The runs that a command asks for, all of them checked before any data is read. Raises ConfigError."""
    first = compose(expand(overrides, {})[0] if multirun else overrides, folder)
    points = expand(overrides, first.values.get("sweep") or {})
    configs = [compose(point, folder) for point in points]
    built: list[Recipe] = []
    faults: dict[Any, None] = {}
    for config in configs:
        try:
            built.append(build(config))
        except ConfigError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise ConfigError(faults)
    names = name_runs([config.choices for config in configs], [config.overrides for config in configs])
    return [Named(name, recipe) for name, recipe in zip(names, built, strict=True)]


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
    root = Path(first.settings.root)
    name = study_name(first)
    folder = study_folder(root, name)
    store = Store(root / "cache")
    store.sweep()
    study: Study = first.tracking.open(name, first.settings.question)
    parent = study.start(name, None, {"forecastlab.study": name}, {"runs": len(runs)})
    status = "KILLED"
    try:
        outcomes: dict[str, Outcome] = {}
        for named in runs:
            try:
                outcome = yield from _one(named, store, folder, study, parent, first)
                outcomes[named.name] = outcome
            except ForecastlabError as error:
                if len(runs) == 1:
                    status = "FAILED"
                    raise
                yield RunEnds(named.name, None, False, str(error))
        table = board(outcomes, first.settings.compare)
        if table is not None:
            record.log_study(parent, table, first.settings.question, folder.path)
        yield StudyEnds(name, table, folder.path, study.id)
        status = "FINISHED" if len(outcomes) == len(runs) else "FAILED"
    finally:
        parent.finish(status)  # type: ignore[arg-type]
        _close(first.executor)


def _one(
    named: Named, store: Store, folder: StudyFolder, study: Study, parent: Run, first: Recipe
) -> Generator[Event, None, Outcome]:
    recipe, experiment = named.recipe, named.recipe.experiment
    prepared = prepare(experiment, store)
    key = run_key(experiment, prepared)
    model = recipe.composed.choices.get("model", "run")
    yield RunBegins(named.name, len(prepared.folds))
    outcome = folder.find(model, key)
    known = study.find(key) if outcome is not None else None
    if outcome is not None and known is not None:
        parent.link(known)
        yield RunEnds(named.name, outcome, True)
        return outcome
    reused = outcome is not None
    child = study.start(named.name, parent, record.tags(prepared, key), record.params(recipe.plain))
    status = "KILLED"
    try:
        if outcome is None:
            results = []
            for result in run(experiment, prepared, store, first.executor):
                results.append(result)
                yield FoldEnds(named.name, result)
            outcome = _gathered(named, prepared, results, key, store)
        if outcome.complete and not reused:
            folder.keep(outcome, recipe.plain)
        record.log(child, outcome, prepared, recipe.plain)
        status = "FINISHED" if outcome.complete else "FAILED"
    except ForecastlabError:
        status = "FAILED"
        raise
    finally:
        child.finish(status)  # type: ignore[arg-type]
    yield RunEnds(named.name, outcome, reused, "; ".join(outcome.facts.failed.values()))
    return outcome


def _gathered(named: Named, prepared: Prepared, results: list[FoldResult], key: str, store: Store) -> Outcome:
    experiment = named.recipe.experiment
    sizes, moves = composed.composition(experiment, prepared, store)
    return gather(
        results,
        experiment.metrics,
        sizes,
        moves,
        name=named.name,
        key=key,
        choices=dict(named.recipe.composed.choices),
        overrides=list(named.recipe.composed.overrides),
        season=prepared.calendar.bearable(len(prepared.ends)),
    )


def _close(executor: Any) -> None:
    executor.close()
