"""What can be chosen: the groups, their choices, and the parameters of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from forecastlab import places
from forecastlab.recipe import NOBODY, Trusted, check, registry
from forecastlab.recipe._offers import suggestion
from forecastlab.recipe.compose import options
from forecastlab.schema import ConfigError, Fault, nearest


@dataclass(frozen=True)
class Group:
    """A config group and its choices."""

    name: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    """One key of a choice: its value in YAML and what it means."""

    name: str
    value: str
    description: str


@dataclass(frozen=True)
class Choice:
    """One YAML file of a group: the part behind it and its parameters."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]


def groups(folder: Path | None) -> list[Group]:
    """Every config group with its choices."""
    return [Group(name, tuple(options(name, folder))) for name in (*registry.GROUPS, "experiments")]


def choices(word: str, folder: Path | None, trusted: Trusted = NOBODY) -> list[Choice]:
    """The choices of one group; its plural will do. Raises ConfigError for a group that does not exist."""
    known = (*registry.GROUPS, "experiments")
    name = next((group for group in known if word in (group, f"{group}s", f"{group}es")), None)
    if name is None:
        raise ConfigError(Fault("unknown-group", word, f"groups are {', '.join(known)}", nearest(word, known)))
    return [_choice(name, option, folder, trusted) for option in options(name, folder)]


def meanings(group: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What each chosen part of a group is, in a sentence; ``values`` is a composed config."""
    return {str(name): meaning(group, node) for name, node in (values.get(group) or {}).items()}


def meaning(group: str, node: Any) -> str:
    """What a composed part is, in a sentence; empty for a part that is not installed here."""
    part = registry.find(group, str(node.get("part"))) if isinstance(node, Mapping) else None
    return part.summary if part is not None else ""


def _choice(group: str, option: str, folder: Path | None, trusted: Trusted) -> Choice:
    from omegaconf import OmegaConf

    path = _file(group, option, folder)
    node: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    if group == "experiments":
        return Choice(option, _first_comment(path), ())
    found = trusted.find(group, str(node.get("part")))
    if found is None:
        words = (f"its part {node.get('part')} is not installed", suggestion(group, str(node.get("part"))))
        return Choice(option, "; ".join(filter(None, words)), ())
    parameters = [
        Parameter(name, _shown(node, name), _description(hint)) for name, hint in check.fields(found.kind).items()
    ]
    variant = "" if found.name == option else f" ({_first_comment(path)})"
    return Choice(option, f"{found.summary}{variant}", tuple(parameters))


def _file(group: str, option: str, folder: Path | None) -> Path:
    own = folder / group / f"{option}.yaml" if folder else None
    if own is not None and own.is_file():
        return own
    root = places.experiments() if group == "experiments" else places.conf() / group
    return root / f"{option}.yaml"


def _shown(node: dict[str, Any], name: str) -> str:
    if name in node:
        return json.dumps(node[name], ensure_ascii=False)
    places_of = [next(iter(line.items())) for line in node.get("defaults", []) if isinstance(line, dict)]
    inner = {key.partition("@")[2]: str(choice) for key, choice in places_of}
    if name in inner:
        return inner[name]
    many = [choice for place, choice in inner.items() if place.startswith(f"{name}.")]
    return f"[{', '.join(many)}]" if many else "…"


def _description(hint: Any) -> str:
    for extra in get_args(hint)[1:] if hasattr(hint, "__metadata__") else ():
        if getattr(extra, "description", None):
            return str(extra.description)
    nested = check.nested_group(hint)
    return f"a part of {nested[0]}" if nested else ""


def _first_comment(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line.lstrip("# ").strip() for line in lines if line.startswith("#") and "@package" not in line]
    return comments[0] if comments else ""
