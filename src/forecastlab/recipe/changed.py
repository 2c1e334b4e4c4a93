"""A config that was composed before, with some of its values changed: a registered method on other data or drivers."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from forecastlab.flow.experiment import CustomerExperiment, Experiment
from forecastlab.recipe.compose import Composed, compose, parsed
from forecastlab.recipe.trust import Trusted
from forecastlab.schema import ConfigError, Fault, nearest

OPEN = ("dataset", "driver", "what_if")
"""Sections that may change without making it another method."""

LATER = ("oracle", "what_if", "cold")
"""Keys that came after the first version; what is packaged for them is what was done before they were there."""


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of a composed config decides its answer, without how, where and under which name it was run."""
    return {key: value for key, value in values.items() if key in _decides()}


def completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the packaged values for how and where: what a later version adds there is no part of the answer.

    What was kept before a key was there gets the packaged value, which keeps the answer as it was.
    """
    packaged = compose([]).values
    return (
        {key: packaged[key] for key in LATER}
        | asked(values)
        | {key: packaged[key] for key in packaged if key not in _decides()}
    )


def _decides() -> set[str]:
    """The sections that an experiment is made of."""
    both = (*fields(Experiment), *fields(CustomerExperiment))
    return {{"drivers": "driver", "metrics": "metric"}.get(each.name, each.name) for each in both}


def changed(values: Mapping[str, Any], overrides: Sequence[str], folder: Path | None, trusted: Trusted) -> Composed:
    """The composed ``values`` with overrides of data, drivers and assumptions. Raises ConfigError for all others.

    ``dataset=shop`` takes another dataset as a whole, from the user's ``folder`` or ours.
    """
    found = copy.deepcopy(dict(values))
    lines = {line: override for line in overrides for override in parsed([line])}
    faults = [
        Fault("fixed-by-model", f"override {line}", _fixed(override.key_or_group), "register a run with another value")
        for line, override in lines.items()
        if override.key_or_group.split(".")[0] not in OPEN
    ]
    if faults:
        raise ConfigError(faults)
    if any(override.key_or_group == "dataset" for override in lines.values()):
        mine = [line for line, override in lines.items() if override.key_or_group.split(".")[0] == "dataset"]
        found["dataset"] = compose(mine, folder, trusted).values["dataset"]
        lines = {line: override for line, override in lines.items() if line not in mine}
    for line, override in lines.items():
        if override.is_sweep_override() or override.is_delete():
            raise ConfigError(Fault("bad-override", f"override {line}", "one value is wanted here", "type key=value"))
        _set(found, override.key_or_group, override.value(), line)
    return Composed(found, {}, tuple(overrides), folder, trusted)


def _set(values: dict[str, Any], key: str, value: Any, line: str) -> None:
    """Set a dotted key; what is unknown below an existing section is told when the parts are built."""
    node: Any = values
    *above, last = key.split(".")
    for word in above:
        inner = node.get(word)
        if inner is None and key.startswith("what_if"):
            inner = node[word] = {}
        if not isinstance(inner, dict):
            what = f"there is no {word} in it, there are {', '.join(map(str, node)) or 'none'}"
            raise ConfigError(Fault("unknown-key", f"override {line}", what, nearest(word, list(map(str, node)))))
        node = inner
    node[last] = _plain(value)


def _plain(value: Any) -> Any:
    """What Hydra's parser gives as plain values: a quoted text is a text."""
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else value


def _fixed(key: str) -> str:
    return f"{key} is part of the registered method; only {', '.join(OPEN)} may be others"
