"""``register``: fit the best method of a study to all data, and keep it where it can be asked at any time."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab import __version__
from forecastlab.bundle.contents import About, Bundle
from forecastlab.bundle.loader import LOADER, foretell
from forecastlab.cache.store import Store
from forecastlab.flow.customers_ahead import kept
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared
from forecastlab.recipe import NOBODY, Composed, Recipe, Trusted, build
from forecastlab.schema import ConfigError, Fault, names, nearest, quantile_column
from forecastlab.task import about as words
from forecastlab.task.board import Board, board
from forecastlab.task.bundling import bundle_of
from forecastlab.task.ranked_as import as_in_study
from forecastlab.task.reasons import why
from forecastlab.task.studies import StudyFolder, existing, nothing_run
from forecastlab.task.words import Words, read_words
from forecastlab.tracking.models import Models, Offer, Signature, Version

CHALLENGER, CHAMPION = "challenger", "champion"


@dataclass(frozen=True)
class Registered:
    """A version in the registry, and its bundle on this disk; ``reused`` if it had been registered before."""

    version: Version
    bundle: Bundle
    reused: bool


def register(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Registered:
    """Register ``run=`` of ``study=`` (without it: the first of the leaderboard) under ``name=`` (the study's).

    The method is fitted to all data; the version gets the alias ``challenger``. The same run again is the same
    version. Raises ConfigError where there is no such run, where no fold could be judged, or where data, code or
    libraries have changed since it was backtested; EnvironmentFault where the registry is out of reach.
    """
    typed = read_words(overrides, ("run", "name"), folder, trusted)
    settings = typed.recipe.settings
    if settings.study is None:
        raise ConfigError(Fault("missing-value", "study", "register needs a study", "type study=NAME"))
    name = _named(typed.own.get("name") or settings.study)
    found = existing(Path(settings.root), settings.study)
    outcome, table = _chosen(found, typed)
    recipe = _recipe(found.recipe(outcome), typed.recipe, trusted)
    bundle, prepared = bundle_of(recipe, outcome, settings.study, settings.privacy == "pseudonym")
    models = recipe.tracking.models()
    there = next((v for v in models.versions(name) if v.tags.get("forecastlab.sha256") == bundle.sha256), None)
    version = there or _offered(models, name, recipe, bundle, outcome, table, prepared)
    if CHAMPION not in version.aliases:  # who has the place does not challenge itself
        models.point(name, CHALLENGER, version.number)
    recipe.executor.close()
    return Registered(models.find(name, str(version.number)), bundle, there is not None)


def _named(name: str) -> str:
    """The name of the model. Raises ConfigError for one that the store refuses or that ``model=`` reads otherwise."""
    if set(name) & set("/:@") or name.strip() in ("", ".", ".."):
        legal = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "sales"
        what = f"found {name}, allowed are letters, digits, - _ . and no / : @"
        raise ConfigError(Fault("bad-value", "name", what, f"type name={legal}"))
    return name


def _chosen(found: StudyFolder, typed: Words) -> tuple[Outcome, Board]:
    """The run that is asked for, else the first of the leaderboard, and the leaderboard that tells why."""
    outcomes = found.outcomes()
    named = dict(zip(found.names(outcomes), outcomes, strict=True))
    kept = found.recipe(outcomes[-1]) if outcomes else {}
    table = board(named, as_in_study(typed.recipe, kept))
    if table is None:
        raise nothing_run(str(typed.recipe.settings.study))
    if table.unjudged:
        raise ConfigError(_unjudged(str(typed.recipe.settings.study), table))
    wanted = typed.own.get("run") or str(table.table["method"].iloc[0])
    ranked = [str(name) for name in table.table["method"]]
    longer = [name for name in ranked if name.startswith(f"{wanted} ")]
    wanted = longer[0] if wanted not in ranked and len(longer) == 1 else wanted
    if wanted not in ranked:
        what = f"there is no run {wanted} that could be registered, there are {', '.join(ranked)}"
        raise ConfigError(Fault("unknown-run", "run", what, nearest(wanted, ranked)))
    outcome = dataclasses.replace(named[wanted], facts=dataclasses.replace(named[wanted].facts, name=wanted))
    return outcome, table


def _unjudged(study: str, table: Board) -> Fault:
    """What is said of a study whose backtest can tell nothing of any method."""
    what = f"nothing was judged in {study}: {table.metric.upper()} could be told in no fold"
    fix = "type backtest=cutoffs 'backtest.select=[\"DATE\", …]', dates after which it can be told, and run it again"
    return Fault("no-folds", "backtest", what, fix)


def _recipe(plain: Mapping[str, Any], where: Recipe, trusted: Trusted) -> Recipe:
    """The config of the run as it was, done where and how the command says."""
    here = {name: where.composed.values[name] for name in ("root", "executor", "tracking")}
    return build(Composed({**plain, **here}, {}, (), None, trusted))


def _offered(
    models: Models, name: str, recipe: Recipe, bundle: Bundle, outcome: Outcome, table: Board, live: Prepared
) -> Version:
    """A new version. Before anything is sent the bundle must answer."""
    _answers(bundle, recipe, live)
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


def _answers(bundle: Bundle, recipe: Recipe, live: Prepared) -> None:
    """Ask the bundle. Raises what stands against an answer."""
    trusted = recipe.composed.trusted
    if bundle.about.asks == "series":
        foretell(bundle, trusted, None, pd.DataFrame())
    else:
        store = Store(Path(recipe.settings.root) / "cache")
        kept(bundle.of_customers(trusted), live, bundle.learned, store, recipe.executor)


def _signature(bundle: Bundle, recipe: Recipe) -> Signature:
    """Drivers in, forecasts out, and the horizon beside them; without it nothing is foretold.

    Of a method for customers: what is known of each in, scores out.
    """
    levels = [quantile_column(level) for level in recipe.experiment.levels]
    if bundle.about.asks == "customers":
        return _of_customers(bundle, levels)
    keys_of = {key: "string" for each in bundle.about.drivers for key in each["by"]}
    columns = {f"{each['name']}.{column}": "double" for each in bundle.about.drivers for column in each["columns"]}
    first = {names.SERIES: "string", names.LEVEL: "string", names.SEGMENT: "string", names.DS: "datetime"}
    numbers = dict.fromkeys([names.YHAT, *levels], "double")
    return Signature(
        [(names.DS, "datetime"), *keys_of.items(), *columns.items()],
        [*first.items(), (names.STEP, "long"), *numbers.items()],
        [("horizon", "long", 0)],
    )


def _of_customers(bundle: Bundle, levels: Sequence[str]) -> Signature:
    told = bundle.table
    known = dict.fromkeys(told.numbers, "double") | dict.fromkeys(told.categories, "string")
    quantiles = [name for name in levels if name in bundle.memory.scored]
    scores = dict.fromkeys(["score", *quantiles], "double")
    words = {"drivers": "string", "reason": "string"}
    return Signature(
        [(names.CUSTOMER, "string"), *known.items()], [(names.SERIES, "string"), *scores.items(), *words.items()], []
    )


def requirements(about: About) -> list[str]:
    """What an environment needs to answer bit by bit the same: this package, MLflow, and the libraries of the fit."""
    pinned = [f"{name}=={version}" for name, version in about.versions.items() if name != "python"]
    return [f"forecastlab=={about.package}", f"mlflow=={importlib.metadata.version('mlflow')}", *pinned]
