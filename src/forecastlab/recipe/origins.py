"""Where a composed config comes from: the file of every group, ours or the user's own, and what it builds on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab import places
from forecastlab.recipe.compose import Composed, options
from forecastlab.recipe.registry import GROUPS


@dataclass(frozen=True)
class Origin:
    """One file: the place in the config that it fills, its choice, how deep it lies, and whether it is the user's."""

    place: str
    choice: str
    depth: int
    file: Path
    own: bool


def origins(composed: Composed) -> list[Origin]:
    """Every file that a config was composed of, from the top down: a file stands below the one that names it."""
    found = list(_file("", "", "config", 0, composed))
    chosen = {"experiments": "experiments", **dict.fromkeys(GROUPS, "")}
    for group in chosen:
        for key, choice in composed.choices.items():
            option, _, package = key.partition("@")
            if (package or option).split(".")[0] == group:
                depth = ((package or option).count(".") + 1) // 2
                found += sorted(_file(option, package or option, choice, depth, composed), key=lambda each: each.depth)
        several = composed.values.get(group)
        if group not in composed.choices and isinstance(several, dict):
            for name in several:  # driver=[…] and metric=[…]: each file says its own place
                if name in options(group, composed.folder):
                    found += _file(group, f"{group}.{name}", name, 0, composed)
    top = [each for each in found if not each.depth]
    return [each for one in top for each in [one, *(inner for inner in found if inner.depth and _below(inner, one))]]


def search_path(composed: Composed) -> list[Path]:
    """The folders in which files are looked for, first come first."""
    return [*([composed.folder.absolute()] if composed.folder else []), places.conf(), places.experiments()]


def _file(group: str, place: str, choice: str, depth: int, composed: Composed) -> Iterator[Origin]:
    """A file and the files of its own group that it builds on."""
    import yaml

    packaged = places.experiments() if group == "experiments" else places.conf() / group
    roots = [(composed.folder / group, True)] if composed.folder is not None else []
    for root, own in [*roots, (packaged, False)]:
        path = root / f"{choice}.yaml"
        if path.is_file():
            yield Origin(place, choice, depth, path, own)
            node: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            for base in node.get("defaults", []) if isinstance(node, dict) else []:
                if isinstance(base, str) and base not in ("_self_", choice):
                    yield from _file(group, f"{place} < {choice}", base, depth + 1, composed)
            return


def _below(inner: Origin, outer: Origin) -> bool:
    return inner.place.startswith((f"{outer.place}.", f"{outer.place} < "))
