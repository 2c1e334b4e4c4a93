"""Whether a search that goes on is still the search that was begun."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from forecastlab.cache import identity
from forecastlab.flow import keys
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment
from forecastlab.recipe import Recipe
from forecastlab.recipe.space import Searchable
from forecastlab.schema import ConfigError, Fault
from forecastlab.task import record
from forecastlab.task.run import study_name
from forecastlab.tuning import ledger

HOW = ("root", "study", "question", "executor", "tracking", "tuning", "tuned", "sweep", "privacy", "quality", "profile")
"""What says how a search is done, not what is searched."""
VALUES, SOME = "values of the config", 4
"""Where digests of single values are kept, and how many changed ones are named."""


def check_same(kept: ledger.Ledger, first: Recipe, space: Searchable, allow_change: bool) -> None:
    """Write down what a search is about. Raises ConfigError if it was about something else, unless ``allow_change``."""
    now, then = _identity(first, space), kept.identity()
    changed = [name for name, digest in now.items() if then.get(name, digest) != digest]
    values = {key: identity.digest(value)[:16] for key, value in record.params(_config(first)).items()}
    others = f"config ({_others(then[VALUES], values)})" if VALUES in then else "config"
    told = [others if name == "config" else name for name in changed]
    if changed and not allow_change:
        what = f"it was begun with another {', another '.join(told)}"
        fix = "type another study=…, or --allow-change to go on with what there is"
        raise ConfigError(Fault("changed-search", f"study {study_name(first)}", what, fix))
    if changed:  # first, so that a process that is killed here has not changed the search unseen
        said = f"{', '.join(told)} after {len(kept.trials())} trials"
        kept.identify({"changed": "; ".join(filter(None, [then.get("changed"), said]))})
    kept.identify(now | {VALUES: json.dumps(values)})


def _others(then: str, now: dict[str, str]) -> str:
    """The keys of the config whose values were others when the search was begun."""
    before: dict[str, str] = json.loads(then)
    keys = [key for key in before | now if before.get(key) != now.get(key)]
    return ", ".join(keys[:SOME]) + (f" and {len(keys) - SOME} more" if len(keys) > SOME else "")


def _config(first: Recipe) -> dict[str, Any]:
    return {key: value for key, value in first.plain.items() if key not in HOW}


def _parts(made: AnyExperiment) -> list[object]:
    if isinstance(made, CustomerExperiment):
        return [made.dataset, made.segmentation, made.target, made.customer]
    return [made.dataset, made.segmentation, dict(made.drivers), made.model, made.reconcile, made.calibrate]


def _identity(first: Recipe, space: Searchable) -> dict[str, str]:
    """What decides a search, piece by piece."""
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
        "config": identity.digest(_config(first)),
        "search": identity.digest([search, [dataclasses.asdict(dimension) for dimension in space.space]]),
        "data": identity.digest([made.dataset.fingerprint(), [driver.fingerprint() for driver in drivers.values()]]),
        "code": identity.digest([keys.of_part(parts), keys.of_module("flow.trial")]),
        "set of libraries": identity.digest(identity.versions()),
    }
