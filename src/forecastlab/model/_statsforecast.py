"""The one place that talks to statsforecast: its model objects, series by series, on plain arrays.

Its own loop over a panel is not used, because there one bad series ends the run for all.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model._state import pack, unpack
from forecastlab.schema import Forecast, Future, Grid, History
from forecastlab.schema.parts import State

_log = logging.getLogger(__name__)
Floats = NDArray[np.float64]
Learned = dict[str, Any]
"""What a statsforecast model object keeps as ``model_``."""


class Engine(Protocol):
    """What a part says about its statsforecast model."""

    @property
    def shortest(self) -> int:
        """Fewer periods than this are not tried."""
        ...

    def estimator(self, season: int) -> Any:
        """A new model object for this season length."""
        ...

    def forward(self, learned: Learned, y: Floats) -> Learned:
        """The same parameters run over other values of the same series."""
        ...


@dataclass(frozen=True)
class FittedSeries:
    """One fitted model per series; None where a series could not be fitted, with the reason in ``failures``.

    ``grid`` is what was fitted on: an update needs the values that a sliding window has left behind, since the
    initial states of the models belong to the first of them.
    """

    engine: Engine
    season: int
    grid: Grid
    models: tuple[Learned | None, ...]
    failures: dict[str, str]

    def predict(self, future: Future) -> Forecast:
        """Mean and two-sided normal (theta: simulated) quantiles of each series.

        The rows of failed series are NaN, as are quantiles that a model cannot give.
        """
        rows = np.full((1 + len(future.levels), len(self.models), len(future.ds)), np.nan)
        model = self.engine.estimator(self.season)
        with _quiet():
            for i, learned in enumerate(self.models):
                if learned is None:
                    continue
                try:
                    model.model_ = learned
                    rows[:, i] = _ask(model, future.reach, future.levels)[:, future.lead - 1 :]
                except Exception as error:
                    _log.warning("series %d of %d has no forecast: %s", i, len(self.models), _reason(error))
        return Forecast(self.grid.ids, future.ds, rows[0], dict(zip(future.levels, rows[1:], strict=True)))

    def update(self, history: History) -> FittedSeries:
        """The same parameters over a longer history; a series that failed or whose start has moved is fitted anew."""
        grid = _prepend(self.grid, history.grid)
        models: list[Learned | None] = []
        failures: dict[str, str] = {}
        with _quiet():
            for i, name in enumerate(grid.ids):
                learned, y = self.models[i], grid.series(i)
                try:
                    if learned is None or _start(grid, i) != _start(self.grid, i):
                        models.append(_fit(self.engine, self.season, y))
                    else:
                        models.append(_slim(self.engine.forward(learned, y)))
                except Exception as error:
                    models.append(None)
                    failures[str(name)] = _reason(error)
        return FittedSeries(self.engine, self.season, grid, tuple(models), failures)

    def state(self) -> State:
        """The models' own dictionaries, the values they were fitted on, and the failures."""
        grid = {"ids": self.grid.ids, "ds": [str(day.date()) for day in self.grid.ds], "values": self.grid.values}
        return pack({"season": self.season, "grid": grid, "models": list(self.models), "failures": self.failures})


def fit_series(engine: Engine, season: int, history: History) -> FittedSeries:
    """Fit every series by itself; what goes wrong in one series stays in that series."""
    models: list[Learned | None] = []
    failures: dict[str, str] = {}
    with _quiet():
        for i, name in enumerate(history.grid.ids):
            try:
                models.append(_fit(engine, season, history.grid.series(i)))
            except Exception as error:
                models.append(None)
                failures[str(name)] = _reason(error)
    return FittedSeries(engine, season, history.grid, tuple(models), failures)


def series_from(engine: Engine, state: State) -> FittedSeries:
    """The fitted series that ``state`` describes."""
    found = unpack(state)
    grid = Grid(found["grid"]["ids"], pd.DatetimeIndex(found["grid"]["ds"]), found["grid"]["values"])
    return FittedSeries(engine, found["season"], grid, tuple(found["models"]), found["failures"])


def _fit(engine: Engine, season: int, y: Floats) -> Learned:
    if len(y) < engine.shortest:
        raise ValueError(f"{len(y)} periods are too few")
    try:
        model = engine.estimator(season).fit(y)
    except NotImplementedError:  # how statsforecast says that it has too little to go by
        raise ValueError(f"{len(y)} periods are too few") from None
    if not np.isfinite(_ask(model, 1, ())).all():
        raise ValueError("the fitted model gives no finite forecast")
    return _slim(model.model_)


def _slim(learned: Learned) -> Learned:
    # the optimiser's diary: nothing reads it, and it cannot be written as JSON
    return {**learned, "fit": None} if "fit" in learned else learned


def _ask(model: Any, reach: int, levels: Sequence[float]) -> Floats:
    """Mean and quantiles, stacked in the order asked; the median is taken to be the mean."""
    sides = {level: round(abs(200 * level - 100), 6) for level in levels}
    answer = model.predict(reach, level=sorted({side for side in sides.values() if side}) or None)
    mean = np.asarray(answer["mean"], dtype=float)
    named = [f"{'lo' if level < 0.5 else 'hi'}-{side}" if side else "mean" for level, side in sides.items()]
    quantiles = np.array([answer[name] for name in named], dtype=float).reshape(len(named), reach)
    # simulated tails may cross the mean by chance
    quantiles[np.argsort(levels)] = np.sort(quantiles, axis=0)
    return np.vstack([mean, np.where(np.isfinite(quantiles), quantiles, np.nan)])


def _start(grid: Grid, i: int) -> pd.Timestamp:
    return grid.ds[int(np.isnan(grid.values[i]).sum())]


def _prepend(old: Grid, new: Grid) -> Grid:
    before = old.ds < new.ds[0]
    return Grid(
        new.ids, pd.DatetimeIndex(old.ds[before].append(new.ds)), np.hstack([old.values[:, before], new.values])
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
