"""Identity: what decides a result, and nothing of how it is run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from forecastlab.cache import identity


def key(**material: Any) -> str:
    """The identity of a result that all of ``material`` decides, on this architecture and with these libraries."""
    return identity.digest({**material, "machine": identity.machine(), "versions": _versions()})


def of_part(part: Any) -> dict[str, Any]:
    """What a part contributes to an identity: its parameters and the code of every module it is made of."""
    return {"part": part, "code": {module: identity.code(module) for module in sorted(_modules(part))}}


@cache
def of_module(name: str) -> str:
    """What a module of ours contributes: its code and that of all it imports."""
    return identity.code(f"forecastlab.{name}")


@cache
def _versions() -> dict[str, str]:
    return identity.versions()


def _modules(part: Any) -> set[str]:
    """The modules that define a part and the parts nested in it."""
    if isinstance(part, Mapping):
        return set().union(*(_modules(inner) for inner in part.values()))
    if isinstance(part, (list, tuple)):
        return set().union(*(_modules(inner) for inner in part))
    if not dataclasses.is_dataclass(part):
        return set()
    inner = (getattr(part, field.name) for field in dataclasses.fields(part))
    return {type(part).__module__}.union(*(_modules(value) for value in inner))
