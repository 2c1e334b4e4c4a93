"""The words of a command that composes no question: its own keys, and what says where results are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.recipe import Recipe, Trusted, build, compose
from forecastlab.schema import ConfigError, Fault, nearest

WHERE = ("study", "root", "tracking", "executor", "compare", "promote", "report", "monitor", "preset", "privacy")
"""Sections and keys that say where results are kept, and how they are judged, watched and shown."""


@dataclass(frozen=True)
class Words:
    """``own`` are the command's own keys with what was typed, ``recipe`` says where and how, ``rest`` is all else."""

    own: Mapping[str, str]
    recipe: Recipe
    rest: tuple[str, ...]

    def number(self, key: str) -> int | None:
        """A count of at least 1, or None where nothing was typed. Raises ConfigError for anything else."""
        text = self.own.get(key, "")
        if not text:
            return None
        if not text.isdigit() or int(text) < 1:
            fix = f"type {key}=4"
            raise ConfigError(Fault("bad-value", key, f"found {text}, allowed is a whole number from 1", fix))
        return int(text)


def read_words(
    overrides: Sequence[str], keys: Sequence[str], folder: Path | None, trusted: Trusted, open_ended: bool = False
) -> Words:
    """Sort the words of a command. Raises ConfigError for words that it has no use for, unless it is ``open_ended``."""
    own: dict[str, str] = {}
    where: list[str] = []
    rest: list[str] = []
    for line in overrides:
        key, sign, value = line.partition("=")
        if sign and key in keys:
            own[key] = value[1:-1].replace("\\'", "'") if value[:1] == value[-1:] == "'" and len(value) > 1 else value
        elif _place(key).split(".")[0] in WHERE:
            where.append(line)
        else:
            rest.append(line)
    if rest and not open_ended:
        what = f"found {' '.join(rest)}, allowed are {', '.join(f'{key}=…' for key in (*keys, *WHERE))}"
        raise ConfigError(Fault("unknown-word", "command line", what))
    recipe = build(compose(where, folder, trusted))
    faults = [fault for line in rest for fault in _unknown(line, keys, recipe.composed.values)]
    if faults:
        raise ConfigError(faults)
    return Words(own, recipe, tuple(rest))


def _unknown(line: str, keys: Sequence[str], values: Mapping[str, Any]) -> Iterator[Fault]:
    """A word whose section does not exist; a key of the plan that was asked for may be meant."""
    key, sign, _ = line.lstrip("+").partition("=")
    first = _place(key).split(".")[0]
    if sign and first not in values:
        plan = list(_leaves(values.get("preset"), "preset"))
        meant = [each for each in plan if each.endswith(f".{key}")]
        near = f"did you mean {meant[0]}?" if meant else nearest(key, [*keys, *values, *plan])
        yield Fault("unknown-key", f"override {line}", f"there is no section or key {first}", near)


def _leaves(node: Any, path: str) -> Iterator[str]:
    """The dotted keys of all values below a node."""
    if not isinstance(node, Mapping):
        yield path
        return
    for name, inner in node.items():
        yield from _leaves(inner, f"{path}.{name}")


def _place(key: str) -> str:
    """Where a word has its effect: ``playbook@preset.playbook`` chooses something for ``preset``."""
    name = key.lstrip("+~")
    return name.partition("@")[2] or name
