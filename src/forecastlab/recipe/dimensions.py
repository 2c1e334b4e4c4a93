"""The dimensions that a config declares: every ``space:`` beside its values, and those of ``tuning.over``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeGuard

from forecastlab.recipe.compose import Composed
from forecastlab.schema import Fault, nearest
from forecastlab.tuning.search import Search
from forecastlab.tuning.space import Dimension

KINDS = ("low", "choices", "some_of")
"""What a dimension is made of: a range, a list of choices, or all sets of some names."""
KEYS = (*KINDS, "high", "log", "step", "at_least", "when")
"""What may be said of a dimension."""
MOST = 1_000
"""Choices of one dimension at most: a search learns nothing of so many."""

NONE = object()
"""No such value."""


def dimensions(base: Composed, tuning: Search, point: Mapping[str, str], faults: list[Fault]) -> Iterator[Dimension]:
    """The dimensions of a composed config; ``point`` says which choices of searched groups it was composed with.

    What is said of a member of a combination exists only where that member takes part. Faults are added to ``faults``.
    """
    declared: dict[str, Any] = {}
    for section in tuning.only:
        if section not in base.values:
            what = f"there is no section {section}"
            faults.append(Fault("unknown-key", "tuning.only", what, nearest(section, list(base.values))))
            continue
        declared |= dict(_declared(base.values[section], section))
    declared |= {key: node for key, node in tuning.over.items() if not is_group(key, base)}
    wanted = {key: node for key, node in declared.items() if node is not None}
    found = {key: fault for key, node in wanted.items() if (fault := _fault(key, node, base)) is not None}
    faults += found.values()
    sound = {key: _spelt_out(key, node, base) for key, node in wanted.items() if key not in found}
    for key, node in sound.items():
        parts = _takes_part(key, sound, base)
        if parts is None:
            continue
        section = key.partition(".")[0]
        under = {section: (point[section],)} if section in point else {}
        whens = {f"{key.rpartition('.')[0]}.{other}": _listed(values) for other, values in _when(node).items()}
        named = {_named(other, point): values for other, values in (parts | whens).items()}
        yield _dimension(_named(key, point), node, under | named)


def is_group(key: str, composed: Composed) -> bool:
    """Whether a key names a config group; ``driver`` is one of which there may be several parts, or none."""
    return key in composed.choices or key == "driver"


def _named(key: str, point: Mapping[str, str]) -> str:
    """The key of a dimension: that of a searched group's part names the choice, ``model(xgboost).trees``."""
    section = key.partition(".")[0]
    return key.replace(section, f"{section}({point[section]})", 1) if section in point else key


def _declared(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every ``space:`` in a node and in what it holds, as dotted keys."""
    if not isinstance(node, Mapping):
        return
    for key, inner in node.items():
        if key == "space" and isinstance(inner, Mapping):
            yield from ((f"{path}.{name}", dimension) for name, dimension in inner.items())
        elif key != "smoke":
            yield from _declared(inner, f"{path}.{key}")


def _takes_part(key: str, declared: Mapping[str, Any], base: Composed) -> dict[str, tuple[Any, ...]] | None:
    """The choices of members under which a value of one of them matters; None where it never does."""
    found: dict[str, tuple[Any, ...]] = {}
    words = key.split(".")
    for i in range(1, len(words) - 1):
        if words[i] != "members":
            continue
        use, member = ".".join([*words[:i], "use"]), words[i + 1]
        choices = declared[use].get("choices", ()) if use in declared else (get(base.values, use),)
        fitting = tuple(each for each in choices if not isinstance(each, list) or member in each)
        if not fitting:
            return None
        if use in declared:
            found[use] = fitting
    return found


def _spelt_out(key: str, node: Mapping[str, Any], base: Composed) -> Mapping[str, Any]:
    """A dimension over sets of names with every set as a choice: all of them first, so that they are the default."""
    if "some_of" not in node:
        return node
    names = _names(key, node, base)
    sizes = range(len(names), node.get("at_least", 1) - 1, -1)
    return {**node, "choices": [list(some) for size in sizes for some in combinations(names, size)]}


def _names(key: str, node: Mapping[str, Any], base: Composed) -> list[str]:
    """The names that a set is made of: as they are listed, or those of the mapping beside it."""
    told = node["some_of"]
    beside = get(base.values, f"{key.rpartition('.')[0]}.{told}") if isinstance(told, str) else told
    return list(map(str, beside)) if isinstance(beside, (list, Mapping)) else []


def _fault(key: str, node: Any, base: Composed) -> Fault | None:
    where = f"{base.origin(key)}: space of {key}"
    if not isinstance(node, Mapping) or set(node) - set(KEYS) or sum(kind in node for kind in KINDS) != 1:
        return Fault("bad-space", where, f"found {json.dumps(node)}", "write {low: 1, high: 9}, or {choices: [a, b]}")
    if get(base.values, key) is NONE:
        fix = nearest(key, _keys(base.values)) or "take it out of the space"
        return Fault("unknown-key", where, "there is no such value in the config", fix)
    if "choices" in node:
        full = isinstance(node["choices"], list) and len(node["choices"]) > 0
        return None if full else Fault("bad-space", where, "choices is not a list of values", "write {choices: [a, b]}")
    return _set_fault(key, node, base, where) if "some_of" in node else _range_fault(node, where)


def _set_fault(key: str, node: Mapping[str, Any], base: Composed, where: str) -> Fault | None:
    names, least = _names(key, node, base), node.get("at_least", 1)
    if not names or not isinstance(least, int) or not 1 <= least <= len(names):
        what = f"there are {len(names)} names to take from, and at_least is {least!r}"
        return Fault("bad-space", where, what, "write {some_of: [a, b, c], at_least: 2}")
    if 2 ** len(names) > MOST:
        what = f"{len(names)} names make {2 ** len(names):,} sets, {MOST:,} are allowed"
        return Fault("bad-space", where, what, "name fewer, or write {choices: [[a, b], [a, c]]}")
    return None


def _range_fault(node: Mapping[str, Any], where: str) -> Fault | None:
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


def _when(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node.get("when") or {}


def _listed(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, Sequence) and not isinstance(values, str) else (values,)


def get(values: Any, key: str) -> Any:
    """The value at a dotted key; ``NONE`` where there is none."""
    for word in key.split("."):
        if not isinstance(values, Mapping) or word not in values:
            return NONE
        values = values[word]
    return values


def _keys(node: Any, prefix: str = "") -> list[str]:
    """The dotted keys of all values."""
    if not isinstance(node, Mapping):
        return [prefix]
    return [name for key, inner in node.items() for name in _keys(inner, f"{prefix}.{key}" if prefix else str(key))]
