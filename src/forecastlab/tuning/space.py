"""What a search may choose from, and what it has tried."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

Params = dict[str, Any]
"""Values by dotted key."""


@dataclass(frozen=True)
class Dimension:
    """One value that is searched: a range of numbers, or a list of choices.

    ``choices`` is empty for a range. ``step`` 0 means any number in between (for whole numbers: every one). ``when``
    maps the key of an earlier dimension to the values under which this one exists.
    """

    key: str
    whole: bool = False
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    step: float = 0.0
    choices: tuple[Any, ...] = ()
    when: Mapping[str, tuple[Any, ...]] | None = None

    def exists(self, chosen: Mapping[str, Any]) -> bool:
        """Whether it is to be chosen, given what was chosen before it."""
        return all(key in chosen and chosen[key] in values for key, values in (self.when or {}).items())

    @property
    def labels(self) -> tuple[str, ...]:
        """Choices as text, because lists and nulls are choices too."""
        return tuple(json.dumps(choice) for choice in self.choices)

    @property
    def points(self) -> int:
        """How many values there are; 0: not countable."""
        if self.choices:
            return len(self.choices)
        step = self.step or (1.0 if self.whole and not self.log else 0.0)
        return int((self.high - self.low) / step + 1e-9) + 1 if step else 0


Space = tuple[Dimension, ...]
"""Dimensions in the order in which they are chosen."""

State = Literal["done", "pruned", "failed"]


@dataclass(frozen=True)
class Proposal:
    """Values to try, and what the rule that proposed them wants to be told again with their result (JSON)."""

    params: Params
    memo: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """One finished attempt: its number, its values, and the loss over the folds so far after each of them.

    ``values`` are the objectives in their order, less is better (empty where it was given up or failed); ``reason``
    says why it failed.
    """

    index: int
    proposal: Proposal
    state: State
    losses: tuple[float, ...]
    values: tuple[float, ...]
    seconds: float
    reason: str = ""

    @property
    def params(self) -> Params:
        """The values that were tried."""
        return self.proposal.params

    @property
    def value(self) -> float:
        """The first objective; NaN where there is none."""
        return self.values[0] if self.values else math.nan


def best(trials: Sequence[Trial]) -> Trial | None:
    """The finished trial with the least first objective, the earliest of equals; None where none has finished."""
    done = [trial for trial in trials if trial.state == "done"]
    return min(done, key=lambda trial: (trial.values, trial.index)) if done else None


def front(trials: Sequence[Trial]) -> list[Trial]:
    """The Pareto front: finished trials that no other one beats in one objective without being worse in another.

    By their objectives, the first one first; the earliest of equals stands for all of them.
    """
    done = {trial.values: trial for trial in reversed(trials) if trial.state == "done"}
    return [done[values] for values in sorted(done) if not any(_dominates(other, values) for other in done)]


def _dominates(a: Sequence[float], b: Sequence[float]) -> bool:
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))


def grid(space: Space) -> Iterator[Params]:
    """The points of the grid of all values that exist together, each once."""
    seen: set[str] = set()
    for point in product(*map(_values, space)):
        chosen: Params = {}
        for dimension, value in zip(space, point, strict=True):
            if dimension.exists(chosen):
                chosen[dimension.key] = value
        name = json.dumps(chosen, sort_keys=True)
        if name not in seen:
            seen.add(name)
            yield chosen


def _values(dimension: Dimension) -> Sequence[Any]:
    if dimension.choices:
        return dimension.choices
    step = dimension.step or 1.0
    numbers = [dimension.low + i * step for i in range(dimension.points)]
    return [round(number) for number in numbers] if dimension.whole else numbers
