"""The folder is the registry: a part is a module of its group's package, found by name."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass

from forecastlab.schema import (
    Calibrator,
    Combiner,
    Dataset,
    Driver,
    Executor,
    Feature,
    Forecaster,
    Metric,
    Playbook,
    Preset,
    Reconciler,
    Segmenter,
    Splitter,
    Watch,
)
from forecastlab.schema.customers import CustomerModel

GROUPS = (
    "dataset",
    "segmentation",
    "target",
    "driver",
    "feature",
    "model",
    "customer",
    "combine",
    "backtest",
    "reconcile",
    "calibrate",
    "metric",
    "monitor",
    "playbook",
    "preset",
    "tuning",
    "executor",
    "tracking",
)
"""Config groups whose choices are parts, in the order of the data's way."""

NESTED: dict[object, str] = {
    Driver: "driver",
    Feature: "feature",
    Forecaster: "model",
    CustomerModel: "customer",
    Combiner: "combine",
    Segmenter: "segmentation",
    Dataset: "dataset",
    Metric: "metric",
    Watch: "monitor",
    Playbook: "playbook",
    Preset: "preset",
    Calibrator: "calibrate",
    Reconciler: "reconcile",
    Splitter: "backtest",
    Executor: "executor",
}
"""Which group a part's own part comes from, by the protocol that its field names."""


@dataclass(frozen=True)
class Part:
    """A part that is installed: its group, its name and its class."""

    group: str
    name: str
    kind: type

    @property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        return (self.kind.__doc__ or "").strip().split("\n")[0]


def names(group: str) -> list[str]:
    """The parts of a group that are installed."""
    package = importlib.import_module(f"forecastlab.{group}")
    modules = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [name for name in modules if find(group, name) is not None]


def find(group: str, name: str) -> Part | None:
    """The installed part of that name, or None."""
    if not name.isidentifier() or name.startswith("_"):
        return None
    full = f"forecastlab.{group}.{name}"
    if importlib.util.find_spec(full) is None:
        return None
    kind = getattr(importlib.import_module(full), "PART", None)
    return Part(group, name, kind) if kind is not None else None
