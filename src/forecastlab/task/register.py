"""``register``: fit the best method of a study to all data, and keep it where it can be asked at any time."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab import __version__
from forecastlab.bundle.contents import About, Bundle, opened
from forecastlab.bundle.loader import LOADER, foretell
from forecastlab.bundle.written import driver_rules, write_bundle
from forecastlab.cache import identity
from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.ahead import Ahead, Memory, asking, learned
from forecastlab.flow.experiment import of_series
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.run import run
from forecastlab.flow.work import run_key
from forecastlab.recipe import NOBODY, Composed, Recipe, Trusted, build
from forecastlab.schema import Composite, ConfigError, Fault, Router, names, nearest, quantile_column, written
from forecastlab.task import about as words
from forecastlab.task.board import Board, board
from forecastlab.task.naming import slug
from forecastlab.task.reasons import why
from forecastlab.task.studies import StudyFolder, existing, nothing_run
from forecastlab.task.words import Words, read_words
from forecastlab.tracking.models import Models, Offer, Signature, Version

CHALLENGER, CHAMPION = "challenger", "champion"
DATA = "bundle"
"""The folder of the bundle below that of its entry."""


@dataclass(frozen=True)
class Registered:
    """A version in the registry, and its bundle on this disk; ``reused`` if it had been registered before."""

    version: Version
    bundle: Bundle
    reused: bool


def register(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Registered:
    """Register ``run=`` of ``study=`` (without it: the first of the leaderboard) under ``name=`` (the study's).

    The method is fitted to all data; the version gets the alias ``challenger``. The same run again is the same
    version. Raises ConfigError where there is no such run, or where data, code or libraries have changed since it was
    backtested; EnvironmentFault where the registry is out of reach.
    """
    typed = read_words(overrides, ("run", "name"), folder, trusted)
    settings = typed.recipe.settings
    if settings.study is None:
        raise ConfigError(Fault("missing-value", "study", "register needs a study", "type study=NAME"))
    found = existing(Path(settings.root), settings.study)
    outcome, table = _chosen(found, typed)
    recipe = _recipe(found.recipe(outcome), typed.recipe, trusted)
    bundle, prepared = _bundle(recipe, outcome, settings.study)
    models = recipe.tracking.models()
    name = typed.own.get("name") or settings.study
    kept = next((v for v in models.versions(name) if v.tags.get("forecastlab.sha256") == bundle.sha256), None)
    version = kept or _offered(models, name, recipe, bundle, outcome, table, prepared)
    if CHAMPION not in version.aliases:  # who has the place does not challenge itself
        models.point(name, CHALLENGER, version.number)
    recipe.executor.close()
    return Registered(models.find(name, str(version.number)), bundle, kept is not None)


def _chosen(found: StudyFolder, typed: Words) -> tuple[Outcome, Board]:
    """The run that is asked for, else the first of the leaderboard, and the leaderboard that tells why."""
    outcomes = found.outcomes()
    named = dict(zip(found.names(outcomes), outcomes, strict=True))
    table = board(named, typed.recipe.settings.compare)
    if table is None:
        raise nothing_run(str(typed.recipe.settings.study))
    wanted = typed.own.get("run") or str(table.table["method"].iloc[0])
    ranked = [str(name) for name in table.table["method"]]
    longer = [name for name in ranked if name.startswith(f"{wanted} ")]
    wanted = longer[0] if wanted not in ranked and len(longer) == 1 else wanted
    if wanted not in ranked:
        what = f"there is no run {wanted} that could be registered, there are {', '.join(ranked)}"
        raise ConfigError(Fault("unknown-run", "run", what, nearest(wanted, ranked)))
    outcome = dataclasses.replace(named[wanted], facts=dataclasses.replace(named[wanted].facts, name=wanted))
    return outcome, table


def _recipe(plain: Mapping[str, Any], where: Recipe, trusted: Trusted) -> Recipe:
    """The config of the run as it was, done where and how the command says."""
    here = {name: where.composed.values[name] for name in ("root", "executor", "tracking")}
    return build(Composed({**plain, **here}, {}, (), None, trusted))


def _bundle(recipe: Recipe, outcome: Outcome, study: str) -> tuple[Bundle, Prepared]:
    """The bundle of a run: made now, or as it was made before."""
    root, experiment = Path(recipe.settings.root), of_series(recipe.experiment, "register")
    store = Store(root / "cache")
    prepared = prepare(experiment, store)
    if run_key(experiment, prepared) != outcome.facts.key:
        what = f"data, code or libraries have changed since {outcome.facts.name} was backtested"
        raise ConfigError(Fault("stale-run", "run", what, "run the study again, then register"))
    last = prepared.folds[-1]
    ahead = asking(experiment, Ahead(last.horizon, last.gap, last.train, None))
    live = prepare(ahead, store)
    code = keys.of_module("bundle.written")
    key = keys.key(run=outcome.facts.key, data=live.key, cutoff=live.folds[0].cutoff, package=__version__, code=code)

    def write(folder: Path) -> None:
        memory = _memory(recipe, prepared, store, outcome)
        panel, fits = learned(ahead, live, store, recipe.executor)
        (folder / DATA).mkdir()
        told = _about(outcome, live, memory, study)
        write_bundle(folder / DATA, told, recipe.plain, outcome, memory, panel, fits, live)

    place = Store(root / "bundles")
    stage = slug(study)
    found = place.find(stage, key) or place.keep(stage, key, write, {"name": outcome.facts.name, "study": study})
    return opened(found / DATA, None), live


def _memory(recipe: Recipe, prepared: Prepared, store: Store, outcome: Outcome) -> Memory:
    """What the backtest has taught: its forecasts as kept, and what members said, which the cache still knows."""
    said: dict[str, list[pd.DataFrame]] = {}
    experiment = of_series(recipe.experiment, "register")
    if isinstance(experiment.model, Composite | Router):
        for result in run(experiment, prepared, store, recipe.executor):
            for place, frame in result.said.items():
                said.setdefault(place, []).append(frame)
    return Memory(outcome.forecasts, {place: pd.concat(frames, ignore_index=True) for place, frames in said.items()})


def _about(outcome: Outcome, live: Prepared, memory: Memory, study: str) -> About:
    (fold,) = live.folds
    return About(
        outcome.facts.name,
        study,
        outcome.facts.choices.get("model", "model"),
        outcome.facts.key,
        written(fold.cutoff),
        fold.horizon,
        fold.gap,
        fold.train,
        fold.freq.code,
        live.log.facts.unit,
        driver_rules(live.drivers),
        list(memory.said),
        __version__,
        identity.versions(),
        identity.machine(),
    )


def _offered(
    models: Models, name: str, recipe: Recipe, bundle: Bundle, outcome: Outcome, table: Board, live: Prepared
) -> Version:
    """A new version. Before anything is sent the bundle must answer."""
    foretell(bundle, recipe.composed.trusted, None, pd.DataFrame())
    study = recipe.tracking.open(bundle.about.study, recipe.settings.question)
    if study.find(outcome.facts.key) is None and study.id is not None:
        study.start(outcome.facts.name, None, {"forecastlab.key": outcome.facts.key}, {}).finish("FINISHED")
    backtest = study.find(outcome.facts.key)
    told = why(bundle.about, outcome, table, words.data(live))
    tags = {
        "forecastlab.sha256": bundle.sha256,
        "forecastlab.key": outcome.facts.key,
        "forecastlab.study": bundle.about.study,
        "forecastlab.run": outcome.facts.name,
        "forecastlab.cutoff": bundle.about.cutoff,
        "forecastlab.version": __version__,
        "forecastlab.data": live.fingerprint,
    }
    offer = Offer(bundle.folder, LOADER, _signature(bundle, recipe), requirements(bundle.about), told, tags)
    return models.offer(name, offer, study.id or "0", backtest.id if backtest is not None else None)


def _signature(bundle: Bundle, recipe: Recipe) -> Signature:
    """Drivers in, forecasts out, and the horizon beside them; without it nothing is foretold."""
    keys_of = {key: "string" for each in bundle.about.drivers for key in each["by"]}
    columns = {f"{each['name']}.{column}": "double" for each in bundle.about.drivers for column in each["columns"]}
    first = {names.SERIES: "string", names.LEVEL: "string", names.SEGMENT: "string", names.DS: "datetime"}
    numbers = dict.fromkeys([names.YHAT, *map(quantile_column, recipe.experiment.levels)], "double")
    return Signature(
        [(names.DS, "datetime"), *keys_of.items(), *columns.items()],
        [*first.items(), (names.STEP, "long"), *numbers.items()],
        [("horizon", "long", 0)],
    )


def requirements(about: About) -> list[str]:
    """What an environment needs to answer bit by bit the same: this package, MLflow, and the libraries of the fit."""
    pinned = [f"{name}=={version}" for name, version in about.versions.items() if name != "python"]
    return [f"forecastlab=={about.package}", f"mlflow=={importlib.metadata.version('mlflow')}", *pinned]
