"""The typed check: YAML values against the fields of the part that they are for, every fault at once."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import PydanticUserError, TypeAdapter, ValidationError

from forecastlab.recipe import registry
from forecastlab.recipe._offers import suggestion
from forecastlab.recipe.compose import Composed
from forecastlab.schema import Checked, Fault, nearest

CONVENTIONS = ("part", "space", "smoke")
"""Keys that stand beside a part's values and are not its arguments."""


def part(group: str, node: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    """Build the part that ``node`` describes; what is wrong is added to ``faults``, and then the answer is None."""
    if not isinstance(node, Mapping) or not isinstance(node.get("part"), str):
        what = f"found {_shown(node)}, allowed is a mapping with the key part"
        faults.append(Fault("not-a-part", _where(path, composed), what, f"choose one with {group}=…"))
        return None
    found = composed.trusted.find(group, node["part"])
    if found is None:
        allowed = composed.trusted.names(group)
        what = f"found {node['part']}, installed are {', '.join(allowed)}"
        fix = suggestion(group, node["part"]) or nearest(node["part"], allowed)
        faults.append(Fault("unknown-part", _where(f"{path}.part", composed), what, fix))
        return None
    built = record(found.kind, node, path, composed, faults)
    if isinstance(built, Checked):
        wrong = built.mistakes()
        faults += [dataclasses.replace(each, where=_where(f"{path}.{each.where}", composed)) for each in wrong]
    return built


def record(kind: type, node: Mapping[str, Any], path: str, composed: Composed, faults: list[Fault]) -> Any:
    """Build a dataclass from a mapping of its fields; what is wrong is added to ``faults``, and the answer is None."""
    before = len(faults)
    hints = fields(kind)
    _check_keys(node, hints, path, composed, faults)
    values = {
        name: value(hint, node[name], f"{path}.{name}", composed, faults)
        for name, hint in hints.items()
        if name in node
    }
    if len(faults) > before:
        return None
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:  # ours take any value of the right type; others may be choosier
        faults.append(
            Fault("bad-value", _where(path, composed), f"{kind.__name__} does not take these values: {error}")
        )
        return None


def value(hint: Any, found: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    """Check one value against a type hint: a part, a record, or a plain value."""
    nested = nested_group(hint)
    if nested is not None:
        group, many = nested
        if found is None and type(None) in get_args(_bare(hint)):
            return None
        return _parts(group, found, path, composed, faults) if many else part(group, found, path, composed, faults)
    if dataclasses.is_dataclass(hint) and isinstance(found, Mapping):
        return record(hint, found, path, composed, faults)  # type: ignore[arg-type]
    named = named_records(hint)
    if named is not None:
        return _records(*named, found, path, composed, faults)
    return _plain(hint, found, path, composed, faults)


@cache
def fields(kind: type) -> dict[str, Any]:
    """The parameters of a part and their type hints, constraints included."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def nested_group(hint: Any) -> tuple[str, bool] | None:
    """The group that a field takes its own part from, and whether it takes many by name; None for a plain value."""
    hint = _bare(hint)
    if type(None) in get_args(hint):
        return nested_group(next(each for each in get_args(hint) if each is not type(None)))
    if hint in registry.NESTED:
        return registry.NESTED[hint], False
    if get_origin(hint) in (dict, Mapping) and get_args(hint)[1] in registry.NESTED:
        return registry.NESTED[get_args(hint)[1]], True
    return None


def _bare(hint: Any) -> Any:
    """The type of a hint without its description and limits."""
    return get_args(hint)[0] if hasattr(hint, "__metadata__") else hint


def named_records(hint: Any) -> tuple[tuple[str, ...], type] | None:
    """For a field that holds records by name: the names that are allowed (empty: all) and the class of the records."""
    if hasattr(hint, "__metadata__"):
        return named_records(get_args(hint)[0])
    if get_origin(hint) not in (dict, Mapping) or not dataclasses.is_dataclass(get_args(hint)[1]):
        return None
    key, kind = get_args(hint)
    return (get_args(key) if get_origin(key) is Literal else ()), kind


def _records(
    allowed: tuple[str, ...], kind: type, found: Any, path: str, composed: Composed, faults: list[Fault]
) -> Any:
    if not isinstance(found, Mapping):
        what = f"found {_shown(found)}, allowed is a mapping from a name to {', '.join(fields(kind))}"
        faults.append(Fault("bad-value", _where(path, composed), what))
        return None
    built = {}
    for name, node in found.items():
        inner = f"{path}.{name}"
        if allowed and name not in allowed:
            what = f"found {name}, allowed are {', '.join(allowed)}"
            faults.append(Fault("unknown-key", _where(inner, composed), what, nearest(str(name), allowed)))
        elif not isinstance(node, Mapping):
            what = f"found {_shown(node)}, allowed is a mapping of {', '.join(fields(kind))}"
            faults.append(Fault("bad-value", _where(inner, composed), what))
        else:
            built[str(name)] = record(kind, node, inner, composed, faults)
    return built


def _parts(group: str, found: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    if not isinstance(found, Mapping) or not found:
        what = f"found {_shown(found)}, allowed is a mapping from a name to a {group}"
        faults.append(Fault("bad-value", _where(path, composed), what))
        return None
    return {str(name): part(group, node, f"{path}.{name}", composed, faults) for name, node in found.items()}


def _plain(hint: Any, found: Any, path: str, composed: Composed, faults: list[Fault]) -> Any:
    """Strict, as JSON is: no text for a number, no number for text; lists do for tuples; no infinity."""
    adapter = _adapter(hint)
    if adapter is None:
        faults.append(Fault("bad-field", _where(path, composed), f"its type, {hint}, is none that a config can give"))
        return None
    try:
        return adapter.validate_json(json.dumps(found, allow_nan=False), strict=True)
    except ValueError as error:
        details = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        forked = [detail for detail in details if _forked(detail, found)]
        faults += _of_unions(hint, forked, found, path, composed)
        faults += list(dict.fromkeys(_wrong(detail, path, composed) for detail in details if detail not in forked))
        if not details:
            what = "found a number that is not finite"
            faults.append(Fault("bad-value", _where(path, composed), what, f"type {path}=NUMBER"))
        return None


def _of_unions(hint: Any, details: list[Any], found: Any, path: str, composed: Composed) -> list[Fault]:
    """One fault for each value that fits none of several forms, of which pydantic tells one by one."""
    told: dict[tuple[str, ...], tuple[Any, list[str]]] = {}
    for detail in details:
        place, inner = _inside(detail["loc"], found)
        told.setdefault(place, (inner, []))[1].append(detail["msg"].replace("Input should be ", "", 1))
    described = next(
        (each.description for each in getattr(hint, "__metadata__", ()) if hasattr(each, "description")), ""
    )
    return [
        Fault(
            "bad-value",
            _where(".".join([path, *place]), composed),
            f"found {_shown(inner)}, allowed is {(not place and described) or ', or '.join(dict.fromkeys(allowed))}",
            f"type {'.'.join([path, *place])}=VALUE",
        )
        for place, (inner, allowed) in told.items()
    ]


def _forked(detail: Any, found: Any) -> bool:
    """Whether the place of an error ends in the name of a form, which is no place in the value."""
    words = detail["loc"]
    return detail["type"] != "missing" and words[-1:] != ("[key]",) and len(_inside(words, found)[0]) < len(words)


def _inside(words: tuple[int | str, ...], found: Any) -> tuple[tuple[str, ...], Any]:
    """How far pydantic's place of an error leads into a value; where it names one of several forms, it ends."""
    place: list[str] = []
    for word in words:
        try:
            found = found[word]
        except (KeyError, IndexError, TypeError):
            break
        place.append(str(word))
    return tuple(place), found


def _wrong(detail: Any, path: str, composed: Composed) -> Fault:
    """One thing that pydantic refuses, in our words: what was found, what is allowed, what to type."""
    place = [path, *map(str, detail["loc"])]
    if detail["type"] == "missing":  # of a list with a fixed number of values
        what, inner = f"found {_shown(detail['input'])}, which has too few values", ".".join(place[:-1])
        return Fault("bad-value", _where(inner, composed), what, f"type {inner}=[…] with all of its values")
    inner, found = ".".join(place), detail["input"]
    allowed = detail["msg"].replace("Input should be", "allowed is", 1)
    fix = f"type {inner}=VALUE"
    if "p{Cc}" in allowed:
        allowed = "allowed is a text without control characters"
    if isinstance(found, bool):
        fix = "if it is meant as a text, put it into quotes"
    elif detail["type"] == "literal_error" and isinstance(found, str):
        fix = nearest(found, re.findall(r"'([^']*)'", detail["ctx"]["expected"])) or fix
    return Fault("bad-value", _where(inner, composed), f"found {_shown(found)}, {allowed}", fix)


def _check_keys(
    node: Mapping[str, Any], hints: Mapping[str, Any], path: str, composed: Composed, faults: list[Fault]
) -> None:
    allowed = list(hints)
    for key in node:
        if key not in hints and key not in CONVENTIONS:
            what = f"{node.get('part', path)} has no parameter {key}, it has {', '.join(allowed) or 'none'}"
            faults.append(Fault("unknown-key", _where(f"{path}.{key}", composed), what, nearest(str(key), allowed)))
    faults.extend(
        Fault("missing-key", _where(f"{path}.{key}", composed), "it has no value", f"type {path}.{key}=…")
        for key in hints
        if key not in node
    )


@cache
def _adapter(hint: Any) -> TypeAdapter[Any] | None:
    try:
        return TypeAdapter(hint)
    except PydanticUserError:
        return None


def _where(path: str, composed: Composed) -> str:
    return f"{composed.origin(path)}: {path}"


def _shown(found: Any) -> str:
    text = json.dumps(found, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
