"""Library objects, one per series, that are fitted anew whenever a history moves on or a state is read.

For libraries whose fitted objects are neither a few arrays nor safe to unpickle: their fits are deterministic, so the
parameters and the past are a state that predicts the same bits.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from forecastlab.model._drivers import Columns, check_same, choose
from forecastlab.schema import Forecast, Future, Grid, History
from forecastlab.schema.parts import State
from forecastlab.schema.state import of_grid, pack, to_grid, unpack

_log = logging.getLogger(__name__)
Floats = NDArray[np.float64]


class Library(Protocol):
    """What a part says about the library that it stands on."""

    @property
    def reads_drivers(self) -> bool:
        """Whether drivers are given to it as columns."""
        ...

    def learn(self, season: int, y: Floats, x: Floats | None) -> Any:
        """A fitted object of the library; ``x`` has shape (periods, columns)."""
        ...

    def answer(self, fitted: Any, reach: int, levels: Sequence[float], x: Floats | None) -> Floats:
        """Mean and quantiles of the next periods: (1 + levels, reach); NaN where it has none."""
        ...


@dataclass(frozen=True)
class Refitted:
    """One fitted object per series; None where a series could not be fitted, with the reason in ``failures``."""

    part: Library
    season: int
    grid: Grid
    models: tuple[Any, ...]
    columns: tuple[Columns, ...]
    failures: dict[str, str]

    def predict(self, future: Future) -> Forecast:
        """Mean and quantiles of each series; NaN for failed ones. Raises DataError without the drivers that it reads.

        Where no series has quantiles of its own, there are none.
        """
        if self.part.reads_drivers:
            check_same(self.grid.drivers, future.drivers)
        rows = np.full((1 + len(future.levels), len(self.models), len(future.ds)), np.nan)
        with _quiet():
            for i, model in enumerate(self.models):
                if model is None:
                    continue
                try:
                    x = self.columns[i].of(future.drivers, i)
                    told = self.part.answer(model, future.reach, future.levels, x)
                    rows[:, i] = told[:, future.lead - 1 :]
                except Exception as error:
                    _log.warning("series %d of %d has no forecast: %s", i, len(self.models), _reason(error))
        told = np.where(np.isfinite(rows[1:]), rows[1:], np.nan)
        quantiles = dict(zip(future.levels, told, strict=True)) if np.isfinite(told).any() else {}
        return Forecast(self.grid.ids, future.ds, rows[0], quantiles)

    def update(self, history: History) -> Refitted:
        """The same settings fitted to a longer history. Raises DataError where its drivers are others."""
        if self.part.reads_drivers:
            check_same(self.grid.drivers, history.grid.drivers)
        return refit(self.part, self.season, history.grid)

    def state(self) -> State:
        """The past, of which the same fit is made again."""
        return pack({"season": self.season, "grid": of_grid(self.grid)})


def refit(part: Library, season: int, grid: Grid) -> Refitted:
    """Fit every series by itself; what goes wrong in one series stays in that series."""
    models: list[Any] = []
    failures: dict[str, str] = {}
    drivers = grid.drivers if part.reads_drivers else {}
    columns = tuple(choose(drivers, i, int(np.isnan(grid.values[i]).sum())) for i in range(len(grid.ids)))
    with _quiet():
        for i, name in enumerate(grid.ids):
            try:
                models.append(_learn(part, season, grid, i, columns[i]))
            except Exception as error:
                models.append(None)
                failures[str(name)] = _reason(error)
    return Refitted(part, season, grid, tuple(models), columns, failures)


def refitted_from(part: Library, state: State) -> Refitted:
    """The fitted model that ``state`` describes, fitted again."""
    found = unpack(state)
    return refit(part, found["season"], to_grid(found["grid"]))


def _learn(part: Library, season: int, grid: Grid, i: int, columns: Columns) -> Any:
    y = grid.series(i)
    x = columns.of(grid.drivers, i, len(grid.ds) - len(y))
    if not len(y) or (x is not None and len(y) < 3 * (1 + x.shape[1])):
        raise ValueError(f"{len(y)} periods are too few" + (f" for {x.shape[1]} drivers" if x is not None else ""))
    model = part.learn(season, y, x)
    if not np.isfinite(part.answer(model, 1, (), None if x is None else x[-1:])).all():
        raise ValueError(f"fitted to {len(y)} periods it gives no finite forecast")
    return model


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # sktime turns its warnings on again while it works; what is not shown does not flood the terminal
        warnings.showwarning = _nothing
        yield


def _nothing(*_: object, **__: object) -> None:
    """Where warnings go."""
