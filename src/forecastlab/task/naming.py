"""Names for people: runs are called by what differs between them, studies by what they ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

HOW = ("executor", "tracking", "experiments", "metric")
"""Groups that say how a run is done or judged, not what it does."""

METHODS = ("model", "customer")
"""Groups that name the method: of series, or of customers."""


def name_runs(choices: Sequence[Mapping[str, str]], overrides: Sequence[Sequence[str]]) -> list[str]:
    """The model of each run and whatever else differs between the runs: ``arima``, ``arima rfm``, ``ets freq=M``.

    ``choices`` are the chosen files by group, ``overrides`` what was typed for each run.
    """
    groups = sorted({group for choice in choices for group in choice if "@" not in group and group not in HOW})
    apart = [group for group in groups if len({choice.get(group) for choice in choices}) > 1]
    varying = [group for group in apart if group not in METHODS]
    values = [[line for line in lines if _is_value(line, groups)] for lines in overrides]
    shared = set.intersection(*(set(lines) for lines in values)) if values else set()
    names = []
    for choice, lines in zip(choices, values, strict=True):
        words = [method(choice), *(str(choice.get(group)) for group in varying)]
        words += [line.lstrip("+") for line in lines if line not in shared]
        names.append(" ".join(words))
    return names


def method(choices: Mapping[str, str]) -> str:
    """The method of a run by the files that were chosen for its groups."""
    return next((choices[group] for group in METHODS if group in choices), "run")


def tuned(name: str, trials: int) -> str:
    """What a method is called whose values a search found: ``xgboost tuned (60 trials)``."""
    return f"{name} tuned ({trials} trials)".strip()


def distinct(names: Sequence[str]) -> list[str]:
    """The names, those that came before with a number behind them: no run may stand in another one's place."""
    return [name if names.index(name) == i else f"{name} #{i + 1}" for i, name in enumerate(names)]


def slug(text: str) -> str:
    """A name that is safe as a folder: letters, digits, ``_`` and ``-``; never empty, never a path."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:80]
    return plain or "study"


def _is_value(line: str, groups: Sequence[str]) -> bool:
    key = line.lstrip("+~").partition("=")[0].partition("@")[0]
    return key not in groups and key not in HOW and key not in ("study", "question", "root", "tuned")
