"""A composed config → a recipe: typed parts and settings, or every fault at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment, Experiment
from forecastlab.recipe import check, registry
from forecastlab.recipe.compose import Composed
from forecastlab.recipe.ranking import check_metrics, usual
from forecastlab.recipe.rules import check_together
from forecastlab.recipe.settings import Settings
from forecastlab.schema import ConfigError, Executor, Fault, Lister, Preset, Watch, nearest
from forecastlab.schema.customers import CustomerTarget
from forecastlab.schema.items import ItemTarget
from forecastlab.stages.ranking import of_target, serves
from forecastlab.tuning.search import Search

MANY = ("feature", "combine", "driver", "metric", "monitor", "playbook", "preset")
ONE = tuple(group for group in registry.GROUPS if group not in MANY)
"""Groups of which a run has exactly one part at the top of its config."""


SERIES_ONLY = ("model", "reconcile", "calibrate", "driver")
"""Sections that a run of customers does not use."""

CUSTOMERS_ONLY = ("customer",)
"""Sections that a run of series does not use."""


@dataclass(frozen=True)
class Recipe:
    """One run, ready to go: the experiment, the settings, where and how it runs, and the config it came from.

    ``watches`` are for when it is in use; ``preset`` is the plan that was asked for, if one was.
    """

    experiment: AnyExperiment
    watches: Mapping[str, Watch]
    preset: Preset | Lister | None
    settings: Settings
    tuning: Search
    executor: Executor
    tracking: Any
    composed: Composed

    @property
    def plain(self) -> dict[str, Any]:
        """The config as it was used: resolved values without what this target, or only tuning and tests, read."""
        found: dict[str, Any] = _stripped(self.composed.values)
        found = {key: value for key, value in found.items() if key not in _idle(self.experiment.target)}
        ranked = dataclasses.asdict(self.settings.compare)
        metrics = {name: node for name, node in found["metric"].items() if name in self.experiment.metrics}
        return found | {"metric": metrics, "compare": {key: ranked[key] for key in found["compare"]}}

    @property
    def choices(self) -> dict[str, str]:
        """The files that were chosen for the groups that this target uses."""
        idle = _idle(self.experiment.target)
        return {group: name for group, name in self.composed.choices.items() if group.split("@")[0] not in idle}


def build(composed: Composed) -> Recipe:
    """Check the whole config and build its parts. Raises ConfigError with every fault; reads no data."""
    faults: list[Fault] = []
    values = composed.values
    scalars = check.fields(Settings)
    allowed = [*ONE, "driver", "metric", "monitor", "preset", *scalars]
    for key in values:
        if key not in allowed:
            what = f"there is no section {key}, there are {', '.join(allowed)}"
            faults.append(Fault("unknown-key", f"{composed.origin(key)}: {key}", what, nearest(key, allowed)))
    target = check.part("target", values.get("target"), "target", composed, faults)
    idle = _idle(target)
    wanted = [group for group in ONE if group != "target" and (group in values or group not in idle)]
    parts = {group: check.part(group, values.get(group), group, composed, faults) for group in wanted}
    metrics = values.get("metric") or {}
    if not isinstance(metrics, dict) or not metrics:
        faults.append(Fault("missing-value", "metric", "there is no metric", "type metric=[wape]"))
        metrics = {}
    scores = {name: check.part("metric", node, f"metric.{name}", composed, faults) for name, node in metrics.items()}
    drivers = {
        name: check.part("driver", node, f"driver.{name}", composed, faults)
        for name, node in (values.get("driver") or {}).items()
    }
    watches = {
        name: check.part("monitor", node, f"monitor.{name}", composed, faults)
        for name, node in (values.get("monitor") or {}).items()
    }
    preset = check.part("preset", values["preset"], "preset", composed, faults) if values.get("preset") else None
    plain = {name: check.value(hint, values.get(name), name, composed, faults) for name, hint in scalars.items()}
    if faults:
        raise ConfigError(faults)
    of = of_target(target)
    kept = {name: metric for name, metric in scores.items() if serves(metric, of)}
    settings = Settings(**plain | {"compare": usual(plain["compare"], of)})
    check_metrics(settings.compare, kept, of)
    how = {group: parts.pop(group) for group in ("tuning", "executor", "tracking")}
    levels = tuple(sorted({*plain["levels"], *(level for metric in kept.values() for level in metric.levels)}))
    parts = {group: part for group, part in parts.items() if group not in idle}
    experiment: AnyExperiment
    if isinstance(target, (CustomerTarget, ItemTarget)):
        experiment = CustomerExperiment(**parts, target=target, metrics=kept, levels=levels)
    else:
        given = {"oracle": plain["oracle"], "what_if": plain["what_if"], "cold": plain["cold"]}
        experiment = Experiment(**parts, target=target, drivers=drivers, metrics=kept, levels=levels, **given)
    check_together(experiment)
    return Recipe(experiment, watches, preset, settings, **how, composed=composed)


def _idle(target: object) -> tuple[str, ...]:
    """The groups that a run of such a target does not use."""
    return SERIES_ONLY if isinstance(target, (CustomerTarget, ItemTarget)) else CUSTOMERS_ONLY


def _stripped(node: Any) -> Any:
    if not isinstance(node, Mapping):
        return node
    return {key: _stripped(value) for key, value in node.items() if key not in ("space", "smoke")}
