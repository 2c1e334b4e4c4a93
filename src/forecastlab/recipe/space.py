"""The search space that a config declares beside its values, and the recipe that belongs to chosen values."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from forecastlab.recipe.build import Recipe, build
from forecastlab.recipe.compose import Composed, compose, options
from forecastlab.schema import ConfigError, Fault, nearest
from forecastlab.tuning.search import Search
from forecastlab.tuning.space import Dimension, Params, Space

KEYS = ("low", "high", "log", "step", "choices", "when")
"""What may be said of a dimension."""


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
    searched = {key: node for key, node in tuning.over.items() if _is_group(key, composed) and node is not None}
    faults += [
        Fault("bad-space", f"tuning.over.{key}", f"found {json.dumps(node)}", "write {choices: [a, b]}")
        for key, node in searched.items()
        if set(node) != {"choices"} or not isinstance(node["choices"], list) or not node["choices"]
    ]
    if faults:
        raise ConfigError(faults)
    groups = {key: [_choice(choice) for choice in node["choices"]] for key, node in searched.items()}
    for group, choices in groups.items():
        known = options(group, composed.folder)
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
        for dimension in _dimensions(base, tuning, dict(point), faults):
            space.setdefault(dimension.key, dimension)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    found = Searchable(_ordered(space), bases, tuple(groups))
    tuning.check(found.space)
    return found


def _composed(base: Composed, group: str, choice: str) -> Composed:
    lines = [line for line in base.overrides if line.lstrip("+").partition("=")[0] != group]
    return compose([*lines, f"{group}={choice}"], base.folder, base.trusted)


def _is_group(key: str, composed: Composed) -> bool:
    """Whether a key names a config group; ``driver`` is one of which there may be several parts, or none."""
    return key in composed.choices or key == "driver"


def _choice(choice: Any) -> str:
    """A choice of a group as it is typed: a name, or a list of names."""
    return f"[{','.join(map(str, choice))}]" if isinstance(choice, list) else str(choice)


def _dimensions(base: Composed, tuning: Search, point: Mapping[str, str], faults: list[Fault]) -> Iterator[Dimension]:
    """The dimensions of one base: the spaces beside its values, and those of ``tuning.over``."""
    declared: dict[str, Any] = {}
    for section in tuning.only:
        if section not in base.values:
            what = f"there is no section {section}"
            faults.append(Fault("unknown-key", "tuning.only", what, nearest(section, list(base.values))))
            continue
        declared |= dict(_declared(base.values[section], section))
    declared |= {key: node for key, node in tuning.over.items() if not _is_group(key, base)}
    for key, node in declared.items():
        if node is None:
            continue
        section = key.partition(".")[0]
        under = {section: (point[section],)} if section in point else {}
        name = key.replace(section, f"{section}({point[section]})", 1) if section in point else key
        fault = _fault(key, node, base)
        if fault is not None:
            faults.append(fault)
            continue
        whens = {
            f"{name.rpartition('.')[0]}.{other}": tuple(values if isinstance(values, list) else [values])
            for other, values in (node.get("when") or {}).items()
        }
        yield _dimension(name, node, under | whens)


def _declared(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every ``space:`` in a node and in what it holds, as dotted keys."""
    if not isinstance(node, Mapping):
        return
    for key, inner in node.items():
        if key == "space" and isinstance(inner, Mapping):
            yield from ((f"{path}.{name}", dimension) for name, dimension in inner.items())
        elif key != "smoke":
            yield from _declared(inner, f"{path}.{key}")


def _fault(key: str, node: Any, base: Composed) -> Fault | None:
    where = f"{base.origin(key)}: space of {key}"
    if not isinstance(node, Mapping) or set(node) - set(KEYS) or ("choices" in node) == ("low" in node):
        return Fault("bad-space", where, f"found {json.dumps(node)}", "write {low: 1, high: 9}, or {choices: [a, b]}")
    if _get(base.values, key) is _NONE:
        fix = nearest(key, _keys(base.values)) or "take it out of the space"
        return Fault("unknown-key", where, "there is no such value in the config", fix)
    if "choices" in node:
        full = isinstance(node["choices"], list) and len(node["choices"]) > 0
        return None if full else Fault("bad-space", where, "choices is not a list of values", "write {choices: [a, b]}")
    low, high = node.get("low"), node.get("high")
    if not _is_number(low) or not _is_number(high):
        return Fault("bad-space", where, f"low is {low!r} and high is {high!r}", "write two numbers")
    if low > high:
        return Fault("bad-space", where, f"low is {low}, above high, {high}", "turn them round")
    if node.get("log") and low <= 0:
        return Fault("bad-space", where, f"a logarithmic range cannot start at {low}", "write log: false, or low > 0")
    return None


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _dimension(name: str, node: Mapping[str, Any], when: Mapping[str, tuple[Any, ...]]) -> Dimension:
    if "choices" in node:
        return Dimension(name, choices=tuple(node["choices"]), when=when or None)
    whole = isinstance(node["low"], int) and isinstance(node["high"], int)
    low, high = float(node["low"]), float(node["high"])
    return Dimension(name, whole, low, high, bool(node.get("log")), float(node.get("step") or 0), (), when or None)


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


_NONE = object()


def _get(values: Any, key: str) -> Any:
    for word in key.split("."):
        if not isinstance(values, Mapping) or word not in values:
            return _NONE
        values = values[word]
    return values


def _keys(node: Any, prefix: str = "") -> list[str]:
    """The dotted keys of all values."""
    if not isinstance(node, Mapping):
        return [prefix]
    return [name for key, inner in node.items() for name in _keys(inner, f"{prefix}.{key}" if prefix else str(key))]


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
