"""The bundle of a run: its method fitted to all data, with what its backtest has taught."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecastlab import __version__
from forecastlab.bundle.contents import About, Asks, Bundle, opened
from forecastlab.bundle.written import driver_rules, write_bundle
from forecastlab.bundle.written_customers import write_customer_bundle
from forecastlab.cache import identity
from forecastlab.cache.store import Store
from forecastlab.flow import customers_ahead, keys
from forecastlab.flow.ahead import Ahead, Memory, asking, learned
from forecastlab.flow.experiment import CustomerExperiment, Experiment, no_lists
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.run import run
from forecastlab.flow.work import run_key
from forecastlab.recipe import Recipe
from forecastlab.schema import Composite, ConfigError, Fault, Router, written
from forecastlab.task.naming import slug
from forecastlab.task.privacy import veiled

DATA = "bundle"
"""The folder of the bundle below that of its entry."""


def bundle_of(recipe: Recipe, outcome: Outcome, study: str, pseudonyms: bool) -> tuple[Bundle, Prepared]:
    """The bundle of a run, made now or as it was made before, and the data that it was fitted to.

    Customers are in it under ``pseudonyms``, unless these are not wanted. Raises ConfigError where data, code or
    libraries have changed since the run was backtested.
    """
    root, experiment = Path(recipe.settings.root), recipe.experiment
    no_lists(experiment, "register")
    store = Store(root / "cache")
    prepared = prepare(experiment, store)
    if run_key(experiment, prepared) != outcome.facts.key:
        what = f"data, code or libraries have changed since {outcome.facts.name} was backtested"
        raise ConfigError(Fault("stale-run", "run", what, "run the study again, then register"))
    last = prepared.folds[-1]
    asked_for = Ahead(last.horizon, last.gap, last.train, None)
    code = [keys.of_module(f"bundle.{name}") for name in ("written", "written_customers")]

    def write(folder: Path) -> None:
        (folder / DATA).mkdir()
        if isinstance(experiment, CustomerExperiment):
            shown = veiled(outcome, root) if pseudonyms else outcome
            _customers(recipe, asking(experiment, asked_for), live, store, shown, study, folder / DATA)
        else:
            memory = _memory(recipe, experiment, prepared, store, outcome)
            _series(recipe, asking(experiment, asked_for), live, store, outcome, memory, study, folder / DATA)

    ahead = asking(experiment, asked_for)
    live = prepare(ahead, store)
    key = keys.key(
        run=outcome.facts.key,
        data=live.key,
        cutoff=live.folds[0].cutoff,
        package=__version__,
        code=code,
        hidden=pseudonyms and isinstance(experiment, CustomerExperiment),
    )
    place = Store(root / "bundles")
    stage = slug(study)
    found = place.find(stage, key) or place.keep(stage, key, write, {"name": outcome.facts.name, "study": study})
    return opened(found / DATA, None), live


def _series(
    recipe: Recipe,
    ahead: Experiment,
    live: Prepared,
    store: Store,
    outcome: Outcome,
    memory: Memory,
    study: str,
    folder: Path,
) -> None:
    panel, fits = learned(ahead, live, store, recipe.executor)
    about = _about(outcome, live, "series", list(memory.said), study)
    write_bundle(folder, about, recipe.plain, outcome, memory, panel, fits, live)


def _customers(
    recipe: Recipe,
    ahead: CustomerExperiment,
    live: Prepared,
    store: Store,
    outcome: Outcome,
    study: str,
    folder: Path,
) -> None:
    table, fits = customers_ahead.learned(ahead, live, store, recipe.executor)
    about = _about(outcome, live, "customers", [], study)
    write_customer_bundle(folder, about, recipe.plain, outcome, table, fits, live)


def _memory(recipe: Recipe, experiment: Experiment, prepared: Prepared, store: Store, outcome: Outcome) -> Memory:
    """What the backtest has taught: its forecasts as kept, and what members said, which the cache still knows."""
    said: dict[str, list[pd.DataFrame]] = {}
    if isinstance(experiment.model, Composite | Router):
        for result in run(experiment, prepared, store, recipe.executor):
            for place, frame in result.said.items():
                said.setdefault(place, []).append(frame)
    return Memory(outcome.forecasts, {place: pd.concat(frames, ignore_index=True) for place, frames in said.items()})


def _about(outcome: Outcome, live: Prepared, asks: Asks, composites: list[str], study: str) -> About:
    (fold,) = live.folds
    method = "model" if asks == "series" else "customer"
    return About(
        outcome.facts.name,
        study,
        outcome.facts.choices.get(method, method),
        outcome.facts.key,
        written(fold.cutoff),
        fold.horizon,
        fold.gap,
        fold.train,
        fold.freq.code,
        live.log.facts.unit,
        driver_rules(live.drivers),
        composites,
        __version__,
        identity.versions(),
        identity.machine(),
        asks,
    )
