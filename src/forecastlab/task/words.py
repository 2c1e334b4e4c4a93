"""The words of a command that composes no question: its own keys, and what says where results are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.recipe import Recipe, Trusted, build, compose
from forecastlab.schema import ConfigError, Fault

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
    return Words(own, build(compose(where, folder, trusted)), tuple(rest))


def _place(key: str) -> str:
    """Where a word has its effect: ``playbook@preset.playbook`` chooses something for ``preset``."""
    name = key.lstrip("+~")
    return name.partition("@")[2] or name
