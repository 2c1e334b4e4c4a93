"""A composed config → a recipe: typed parts and settings, or every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecastlab.flow.experiment import Experiment
from forecastlab.recipe import check, registry
from forecastlab.recipe.compose import Composed
from forecastlab.recipe.rules import check_together
from forecastlab.recipe.settings import Settings
from forecastlab.schema import ConfigError, Executor, Fault, Watch, nearest
from forecastlab.tuning.search import Search

ONE = tuple(group for group in registry.GROUPS if group not in ("feature", "combine", "driver", "metric", "monitor"))
"""Groups of which a run has exactly one part at the top of its config."""


@dataclass(frozen=True)
class Recipe:
    """One run, ready to go: the experiment, what is watched once it is in use, the settings, where and how it runs, and
    the config it came from."""

    experiment: Experiment
    watches: Mapping[str, Watch]
    settings: Settings
    tuning: Search
    executor: Executor
    tracking: Any
    composed: Composed

    @property
    def plain(self) -> dict[str, Any]:
        """The config as it was used: resolved values without what only tuning and tests read."""
        found: dict[str, Any] = _stripped(self.composed.values)
        return found


def build(composed: Composed) -> Recipe:
    """Check the whole config and build its parts. Raises ConfigError with every fault; reads no data."""
    faults: list[Fault] = []
    values = composed.values
    scalars = check.fields(Settings)
    allowed = [*ONE, "driver", "metric", "monitor", *scalars]
    for key in values:
        if key not in allowed:
            what = f"there is no section {key}, there are {', '.join(allowed)}"
            faults.append(Fault("unknown-key", f"{composed.origin(key)}: {key}", what, nearest(key, allowed)))
    parts = {group: check.part(group, values.get(group), group, composed, faults) for group in ONE}
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
    plain = {name: check.value(hint, values.get(name), name, composed, faults) for name, hint in scalars.items()}
    if faults:
        raise ConfigError(faults)
    tuning, executor, tracking = (parts.pop(group) for group in ("tuning", "executor", "tracking"))
    levels = tuple(sorted({*plain["levels"], *(level for metric in scores.values() for level in metric.levels)}))
    given = {"oracle": plain["oracle"], "what_if": plain["what_if"]}
    experiment = Experiment(**parts, drivers=drivers, metrics=scores, levels=levels, **given)
    check_together(experiment)
    return Recipe(experiment, watches, Settings(**plain), tuning, executor, tracking, composed)


def _stripped(node: Any) -> Any:
    if not isinstance(node, Mapping):
        return node
    return {key: _stripped(value) for key, value in node.items() if key not in ("space", "smoke")}
