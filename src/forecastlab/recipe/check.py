"""The typed check: YAML values against the fields of the part that they are for, every fault at once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from forecastlab.recipe import registry
from forecastlab.recipe.compose import Composed
from forecastlab.schema import Fault, nearest

CONVENTIONS = ("part", "space", "smoke")
"""Keys that stand beside a part's values and are not its arguments."""


def part(group: str, node: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    """Build the part that ``node`` describes; what is wrong is added to ``faults``, and then the answer is None."""
    if not isinstance(node, Mapping) or not isinstance(node.get("part"), str):
        what = f"found {_shown(node)}, allowed is a mapping with the key part"
        faults.append(Fault("not-a-part", _where(path, composed), what, f"choose one with {group}=…"))
        return None
    found = registry.find(group, node["part"])
    if found is None:
        allowed = registry.names(group)
        what = f"found {node['part']}, installed are {', '.join(allowed)}"
        faults.append(Fault("unknown-part", _where(f"{path}.part", composed), what, nearest(node["part"], allowed)))
        return None
    before = len(faults)
    hints = fields(found.kind)
    _check_keys(node, hints, path, composed, faults)
    values = {
        name: _value(hint, node[name], f"{path}.{name}", composed, faults)
        for name, hint in hints.items()
        if name in node
    }
    return found.kind(**values) if len(faults) == before else None


def value(hint: Any, found: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    """Check one plain value against a type hint; strict, as JSON is: no text for a number, no number for text."""
    adapter = _adapter(hint)
    try:
        return adapter.validate_json(json.dumps(found), strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            inner = ".".join([path, *(str(step) for step in detail["loc"] if not str(step).startswith("function-"))])
            allowed = detail["msg"].replace("Input should be", "allowed is", 1)
            what = f"found {_shown(detail['input'])}, {allowed}"
            faults.append(Fault("bad-value", _where(inner, composed), what))
        return None


@cache
def fields(kind: type) -> dict[str, Any]:
    """The parameters of a part and their type hints, constraints included."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def nested_group(hint: Any) -> tuple[str, bool] | None:
    """The group that a field takes its own part from, and whether it takes many by name; None for a plain value."""
    if hasattr(hint, "__metadata__"):
        return nested_group(get_args(hint)[0])
    if hint in registry.NESTED:
        return registry.NESTED[hint], False
    if get_origin(hint) in (dict, Mapping) and get_args(hint)[1] in registry.NESTED:
        return registry.NESTED[get_args(hint)[1]], True
    return None


def _value(hint: Any, found: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    nested = nested_group(hint)
    if nested is None:
        return value(hint, found, path, composed, faults)
    group, many = nested
    if not many:
        return part(group, found, path, composed, faults)
    if not isinstance(found, Mapping) or not found:
        what = f"found {_shown(found)}, allowed is a mapping from a name to a {group}"
        faults.append(Fault("bad-value", _where(path, composed), what))
        return None
    return {str(name): part(group, node, f"{path}.{name}", composed, faults) for name, node in found.items()}


def _check_keys(
    node: Mapping[str, Any], hints: Mapping[str, Any], path: str, composed: Composed, faults: list[Fault]
) -> None:
    allowed = list(hints)
    for key in node:
        if key not in hints and key not in CONVENTIONS:
            what = f"{node['part']} has no parameter {key}, it has {', '.join(allowed) or 'none'}"
            faults.append(Fault("unknown-key", _where(f"{path}.{key}", composed), what, nearest(str(key), allowed)))
    faults.extend(
        Fault("missing-key", _where(f"{path}.{key}", composed), "it has no value", f"type {path}.{key}=…")
        for key in hints
        if key not in node
    )


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint, config=ConfigDict(allow_inf_nan=False))


def _where(path: str, composed: Composed) -> str:
    return f"{composed.origin(path)}: {path}"


def _shown(found: Any) -> str:
    text = json.dumps(found, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
