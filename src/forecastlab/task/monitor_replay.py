"""``monitor --replay``: a backtest told again as if its method had been in use, month by month."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.experiment import no_lists
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.watched import inputs_of, replayed
from forecastlab.recipe import NOBODY, Recipe, Trusted
from forecastlab.schema import ConfigError, Fault, Fold
from forecastlab.schema.names import TEST
from forecastlab.stages.ranking import of_target
from forecastlab.stages.watching import known_by, look
from forecastlab.task.advice import Method, options
from forecastlab.task.run import Named, RunEnds, recipes, run_study, study_name


@dataclass(frozen=True)
class Replay:
    """What every check would have found: the findings with the day ``now`` of the check, and what was watched."""

    history: pd.DataFrame
    method: Method
    root: Path
    language: str


def replay(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Replay:
    """Run one config (or find it finished) and check it after each of its test folds, with what was known by then.

    The selection folds are the band; the method goes into use at the first test cutoff and is fitted anew at each.
    Raises ForecastlabError.
    """
    runs = recipes(overrides, folder, False, trusted)
    if len(runs) > 1:
        what = f"found {len(runs)} runs: {', '.join(run.name for run in runs)}"
        raise ConfigError(Fault("one-run", "--replay", what, "name one: sweep={} model=NAME"))
    recipe = runs[0].recipe
    no_lists(recipe.experiment, "monitor --replay")
    _tests(prepare(recipe.experiment, _store(recipe)))  # before anything is fitted
    history = checked(recipe, _outcome(runs).forecasts)
    again, of = options(overrides, folder, trusted), of_target(recipe.experiment.target)
    method = Method("", study_name(recipe), tuple(recipe.composed.overrides), again, stored=False, of=of)
    return Replay(history, method, Path(recipe.settings.root), recipe.settings.report.language)


def checked(recipe: Recipe, forecasts: pd.DataFrame) -> pd.DataFrame:
    """The findings of a check after each test fold, from the scored forecasts of a run.

    Raises ConfigError where there is nothing to replay.
    """
    store, experiment = _store(recipe), recipe.experiment
    prepared = prepare(experiment, store)
    tests = _tests(prepared)
    figures = inputs_of(experiment, prepared, tests[0].cutoff, tests[-1].end, store)
    evidence = replayed(forecasts, figures, of_target(experiment.target))
    checks = [look(recipe.watches, known_by(evidence, fold.end)).assign(now=fold.end) for fold in tests]
    return pd.concat(checks, ignore_index=True)


def _store(recipe: Recipe) -> Store:
    return Store(Path(recipe.settings.root) / "cache")


def _tests(prepared: Prepared) -> list[Fold]:
    """The folds that are replayed. Raises ConfigError where there are none, or none that are the band."""
    tests = [fold for fold in prepared.folds if fold.role == TEST]
    if not tests or len(tests) == len(prepared.folds):
        what = "a replay needs selection folds, which are the band, and test folds, which are replayed"
        raise ConfigError(Fault("no-folds", "backtest", what, "type backtest.select=12 backtest.test=6"))
    return tests


def _outcome(runs: Sequence[Named]) -> Outcome:
    for event in run_study(runs):
        match event:
            case RunEnds(outcome=outcome) if outcome is not None:
                found = outcome
    if found.facts.failed:
        what = "; ".join(f"{day}: {why}" for day, why in found.facts.failed.items())
        raise ConfigError(
            Fault("failed-folds", "--replay", what, f"see forecastlab run {shlex.join(found.facts.overrides)}")
        )
    return found
