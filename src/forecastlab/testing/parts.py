"""Parts as their YAML files describe them, many at once, with the cheap values that each declares for tests."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from forecastlab.recipe import NOBODY, Recipe, Trusted, build, check, compose
from forecastlab.recipe.compose import options
from forecastlab.recipe.registry import GROUPS
from forecastlab.schema import ConfigError, Fault

Choice = tuple[str, str]
"""A config group and one of its files."""


def choices(folder: Path | None) -> list[Choice]:
    """Every file of every group of parts, packaged and in a config folder of your own."""
    return [(group, name) for group in GROUPS for name in options(group, folder)]


def build_parts(
    wanted: Iterable[Choice],
    folder: Path | None,
    values: Mapping[Choice, Mapping[str, Any]],
    root: Path,
    trusted: Trusted = NOBODY,
) -> dict[Choice, Any]:
    """Build the parts of some YAML files, with their ``smoke:`` values in place of the dear ones.

    All files are composed in one go, as ``run`` would compose each. ``folder`` is a config folder of your own;
    ``values`` gives what a file leaves open; ``root`` is the folder of results. Raises ConfigError with every fault.
    """
    wanted = list(wanted)
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        _lay_out(Path(place), wanted, folder, values, root)
        composed = compose([], Path(place), trusted)
    faults: list[Fault] = []
    built = {
        (group, name): check.part(
            group, smoked(composed.values["parts"][group][name]), f"parts.{group}.{name}", composed, faults
        )
        for group, name in wanted
    }
    if faults:
        raise ConfigError(faults)
    return built


def smoked_recipe(recipe: Recipe) -> Recipe:
    """The same recipe with the cheap values that its files declare for tests. Raises ConfigError."""
    composed = recipe.composed
    return build(dataclasses.replace(composed, values=smoked(composed.values)))


def smoked(node: Any) -> Any:
    """A composed node with its ``smoke:`` values, and those of the parts inside it, in force."""
    if not isinstance(node, Mapping):
        return node
    cheap = node.get("smoke") or {}
    return {key: cheap[key] if key in cheap else smoked(value) for key, value in node.items() if key != "smoke"}


def _lay_out(
    place: Path, wanted: list[Choice], folder: Path | None, values: Mapping[Choice, Mapping[str, Any]], root: Path
) -> None:
    """A config that has every wanted part in a place of its own. JSON is YAML."""
    for own in folder.iterdir() if folder is not None else ():
        if own.is_dir():
            (place / own.name).symlink_to(own.absolute())
    given: dict[str, dict[str, Any]] = {group: {} for group, _ in wanted}
    for (group, name), open_values in values.items():
        given[group][name] = dict(open_values)
    config = {
        "defaults": [*({f"/{group}@parts.{group}.{name}": name} for group, name in wanted), "_self_"],
        "dataset": {"freq": "W-SAT"},
        "target": {"nonnegative": True},
        "backtest": {"horizon": 5},
        "root": str(root),
        "parts": given,
    }
    (place / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
