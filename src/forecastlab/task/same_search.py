"""Whether a search that goes on is still the search that was begun."""

from __future__ import annotations

import dataclasses

from forecastlab.cache import identity
from forecastlab.flow import keys
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment
from forecastlab.recipe import Recipe
from forecastlab.recipe.space import Searchable
from forecastlab.schema import ConfigError, Fault
from forecastlab.task.run import study_name
from forecastlab.tuning import ledger


def check_same(kept: ledger.Ledger, first: Recipe, space: Searchable, allow_change: bool) -> None:
    """Write down what a search is about. Raises ConfigError if it was about something else, unless ``allow_change``."""
    now, then = _identity(first, space), kept.identity()
    changed = [name for name, digest in now.items() if then.get(name, digest) != digest]
    if changed and not allow_change:
        what = f"it was begun with another {', another '.join(changed)}"
        fix = "type another study=…, or --allow-change to go on with what there is"
        raise ConfigError(Fault("changed-search", f"study {study_name(first)}", what, fix))
    if changed:  # first, so that a process that is killed here has not changed the search unseen
        said = f"{', '.join(changed)} after {len(kept.trials())} trials"
        kept.identify({"changed": "; ".join(filter(None, [then.get("changed"), said]))})
    kept.identify(now)


def _parts(made: AnyExperiment) -> list[object]:
    if isinstance(made, CustomerExperiment):
        return [made.dataset, made.segmentation, made.target, made.customer]
    return [made.dataset, made.segmentation, dict(made.drivers), made.model, made.reconcile, made.calibrate]


def _identity(first: Recipe, space: Searchable) -> dict[str, str]:
    """What decides a search, piece by piece."""
    how = ("root", "study", "question", "executor", "tracking", "tuning", "tuned", "sweep", "privacy")
    config = {key: value for key, value in first.plain.items() if key not in how}
    search = dataclasses.asdict(first.tuning) | {
        "trials": 0,
        "storage": "",
        "fail_fast": False,
        "budget": None,
        "nested": False,
    }
    made = first.experiment
    drivers = {} if isinstance(made, CustomerExperiment) else made.drivers
    parts = [_parts(experiment) for experiment in space.experiments()]
    return {
        "config": identity.digest(config),
        "search": identity.digest([search, [dataclasses.asdict(dimension) for dimension in space.space]]),
        "data": identity.digest([made.dataset.fingerprint(), [driver.fingerprint() for driver in drivers.values()]]),
        "code": identity.digest([keys.of_part(parts), keys.of_module("flow.trial")]),
        "set of libraries": identity.digest(identity.versions()),
    }
