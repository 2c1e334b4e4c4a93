"""The search space that a config declares beside its values, and the recipe that belongs to chosen values."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forecastlab.flow.experiment import AnyExperiment
from forecastlab.recipe.build import Recipe, build
from forecastlab.recipe.compose import Composed, compose, options
from forecastlab.recipe.dimensions import dimensions, is_group
from forecastlab.schema import ConfigError, Fault, nearest
from forecastlab.tuning.space import Dimension, Params, Space


@dataclass(frozen=True)
class Searchable:
    """A config with its space: one composed config for each combination of searched groups (such as the method)."""

    space: Space
    bases: Mapping[tuple[tuple[str, str], ...], Composed]
    groups: tuple[str, ...]

    def recipe(self, params: Params) -> Recipe:
        """The recipe with these values. Raises ConfigError where a part does not take one."""
        base = self.bases[tuple((group, params[group]) for group in self.groups)]
        values = copy.deepcopy(dict(base.values))
        for key, value in self._plain(params).items():
            _put(values, key, value)
        return build(dataclasses.replace(base, values=values))

    def experiments(self) -> Iterator[AnyExperiment]:
        """What is tried: the experiment of each combination of searched groups, with the config's own values."""
        return (build(base).experiment for base in self.bases.values())

    def overrides(self, params: Params) -> list[str]:
        """The same values as they would be typed."""
        chosen = [f"{group}={params[group]}" for group in self.groups]
        return chosen + [f"{key}={_typed(value)}" for key, value in self._plain(params).items()]

    def limited(self, trials: int) -> Searchable:
        """The same with so many trials in its config: what a budget in seconds came to."""
        bases = {}
        for point, base in self.bases.items():
            tuning = {**base.values["tuning"], "trials": trials}
            bases[point] = dataclasses.replace(base, values={**base.values, "tuning": tuning})
        return dataclasses.replace(self, bases=bases)

    def _plain(self, params: Params) -> Params:
        """Values by the keys of the config: ``model(xgboost).trees`` is ``model.trees``."""
        return {re.sub(r"\([^)]*\)", "", key): value for key, value in params.items() if key not in self.groups}


def searchable(composed: Composed) -> Searchable:
    """What a config lets be searched. Raises ConfigError with every fault of the declared spaces."""
    tuning = build(composed).tuning
    faults: list[Fault] = []
    searched = {key: node for key, node in tuning.over.items() if is_group(key, composed) and node is not None}
    faults += [
        Fault("bad-space", f"tuning.over.{key}", f"found {json.dumps(node)}", "write {choices: [a, b]}")
        for key, node in searched.items()
        if set(node) != {"choices"} or not isinstance(node["choices"], list) or not node["choices"]
    ]
    if faults:
        raise ConfigError(faults)
    groups = {key: [_choice(choice) for choice in node["choices"]] for key, node in searched.items()}
    for group, choices in groups.items():
        known = options(group.partition("@")[0], composed.folder)
        faults += [
            Fault(
                "unknown-choice",
                f"tuning.over.{group}",
                f"found {name}, allowed are {', '.join(known)}",
                nearest(name, known),
            )
            for name in dict.fromkeys(name for choice in choices for name in re.findall(r"[^\[\],\s]+", choice))
            if name not in known
        ]
    if faults:
        raise ConfigError(faults)
    bases: dict[tuple[tuple[str, str], ...], Composed] = {(): composed}
    for group, choices in groups.items():
        bases = {
            (*point, (group, choice)): _composed(base, group, choice)
            for point, base in bases.items()
            for choice in choices
        }
    space: dict[str, Dimension] = {group: Dimension(group, choices=tuple(c)) for group, c in groups.items()}
    for point, base in bases.items():
        for dimension in dimensions(base, tuning, dict(point), faults):
            space.setdefault(dimension.key, dimension)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    found = Searchable(_ordered(space), bases, tuple(groups))
    tuning.check(found.space)
    return found


def _composed(base: Composed, group: str, choice: str) -> Composed:
    lines = [line for line in base.overrides if line.lstrip("+").partition("=")[0] != group]
    return compose([*lines, f"{group}={choice}"], base.folder, base.trusted)


def _choice(choice: Any) -> str:
    """A choice of a group as it is typed: a name, or a list of names."""
    return f"[{','.join(map(str, choice))}]" if isinstance(choice, list) else str(choice)


def _ordered(space: Mapping[str, Dimension]) -> Space:
    """Dimensions after those that they depend on, otherwise in the order of their names, groups first."""
    left = dict(sorted(space.items(), key=lambda item: ("." in item[0], item[0])))
    ordered: list[Dimension] = []
    while left:
        ready = next(
            (key for key, dimension in left.items() if not set(dimension.when or {}) & set(left)), next(iter(left))
        )
        ordered.append(left.pop(ready))
    return tuple(ordered)


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for word in path:
        values = values[word]
    values[last] = value


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_typed, value))}]"
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z_][\w-]*", value):
        return f"'{value}'"
    return value if isinstance(value, str) else json.dumps(value)
