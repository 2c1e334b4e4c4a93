"""One model that has learned from windows of all series, and foretells several periods at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from forecastlab.model._windows import EARLIEST, Flat, Floats, Lessons, flatten, lessons, look
from forecastlab.schema import Forecast, Future, Grid, History
from forecastlab.schema.parts import State
from forecastlab.schema.state import of_grid, pack, to_grid, unpack


class Rule(Protocol):
    """What was learned."""

    def answers(self, x: Floats) -> Floats:
        """What comes after each window, in usual moves: (rows, columns) → (rows, block)."""
        ...

    def state(self) -> dict[str, Any]:
        """It as plain values."""
        ...


class Learner(Protocol):
    """What a part says about how it learns."""

    @property
    def block(self) -> int:
        """Periods foretold at once."""
        ...

    @property
    def width(self) -> int | None:
        """Periods of a window; None: as the season and the block suggest."""
        ...

    @property
    def windows(self) -> int:
        """Windows of each series, the latest ones."""
        ...

    @property
    def min_series(self) -> int:
        """Fewer series with a window teach nothing."""
        ...

    def learn(self, lessons: Lessons) -> list[Rule]:
        """One rule or several, whose answers are averaged."""
        ...


@dataclass(frozen=True)
class FittedPooled:
    """The rules and the series that they are asked about. Without rules there was too little to learn from."""

    block: int
    width: int
    season: int
    rules: tuple[Rule, ...]
    grid: Grid

    @property
    def failures(self) -> dict[str, str]:
        """Series without a value; all of them where too few are long enough to learn from."""
        if not self.rules:
            return {str(name): "too few series are long enough to learn from" for name in self.grid.ids}
        empty = np.isnan(self.grid.values).all(axis=1)
        return {str(name): "no observation" for name in self.grid.ids[empty]}

    def predict(self, future: Future) -> Forecast:
        """One block after the other, each seen from the end of the one before; no quantiles of its own."""
        yhat = np.full((len(self.grid.ids), len(future.ds)), np.nan)
        flats = _flats(self.grid, self.season)
        rows = [i for i, flat in enumerate(flats) if flat is not None] if self.rules else []
        if rows:
            known = [flat for flat in flats if flat is not None]
            told = self._foretold(known, future.reach)
            for row, flat, z in zip(rows, known, told, strict=True):
                yhat[row] = flat.back(z)[future.lead - 1 :]
        return Forecast(self.grid.ids, future.ds, yhat)

    def _foretold(self, flats: Sequence[Flat], reach: int) -> Floats:
        paths = [flat.z for flat in flats]
        told = np.empty((len(flats), 0))
        while told.shape[1] < reach:
            ends = [look(path, self.width).end() for path in paths]
            x = np.vstack([end.x for end in ends])
            moves = np.mean([rule.answers(x) for rule in self.rules], axis=0)
            last, move = (np.concatenate([getattr(end, name) for end in ends]) for name in ("last", "move"))
            block = last[:, None] + moves * move[:, None]
            told = np.hstack([told, block])
            paths = [np.r_[path, row] for path, row in zip(paths, block, strict=True)]
        return told[:, :reach]

    def update(self, history: History) -> FittedPooled:
        """The same rules asked about a longer history."""
        return FittedPooled(self.block, self.width, self.season, self.rules, history.grid)

    def state(self) -> State:
        """The rules, and the past that they are asked about."""
        about = {"block": self.block, "width": self.width, "season": self.season, "grid": of_grid(self.grid)}
        return pack({**about, "rules": [rule.state() for rule in self.rules]})


def fit_pooled(part: Learner, history: History) -> FittedPooled:
    """Learn from the windows of all series; a block is shortened where too few series are long enough for it."""
    flats = [flat for flat in _flats(history.grid, history.season) if flat is not None]
    lengths = sorted((len(flat.z) for flat in flats), reverse=True)
    # so many periods has the shortest of the fewest series that must teach
    common = lengths[part.min_series - 1] if len(lengths) >= part.min_series else 0
    block = max(1, min(part.block, common - EARLIEST))
    width = part.width or max(block, min(3 * history.season, 18), 6)
    rules = tuple(part.learn(lessons(flats, width, block, part.windows))) if common > EARLIEST else ()
    return FittedPooled(block, width, history.season, rules, history.grid)


def pooled_from(rule: Callable[[dict[str, Any]], Rule], state: State) -> FittedPooled:
    """The fitted model that ``state`` describes."""
    found = unpack(state)
    rules = tuple(rule(content) for content in found["rules"])
    return FittedPooled(found["block"], found["width"], found["season"], rules, to_grid(found["grid"]))


def _flats(grid: Grid, season: int) -> list[Flat | None]:
    series = (grid.series(i) for i in range(len(grid.ids)))
    return [flatten(y, season) if len(y) else None for y in series]
