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

from forecastlab.model._drivers import Columns, check_same, choose
from forecastlab.model._effects import Effect, table
from forecastlab.model._surety import margins
from forecastlab.schema import Forecast, Future, Grid, History
from forecastlab.schema.parts import State
from forecastlab.schema.state import of_grid, pack, to_grid, unpack

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

    @property
    def reads_drivers(self) -> bool:
        """Whether drivers are given to it as columns."""
        ...

    def estimator(self, season: int) -> Any:
        """A new model object for this season length."""
        ...

    def forward(self, learned: Learned, y: Floats, x: Floats | None) -> Learned:
        """What was learned taken to other values (and columns) of the same series."""
        ...


@dataclass(frozen=True)
class FittedSeries:
    """One fitted model per series; None where a series could not be fitted, with the reason in ``failures``.

    ``grid`` is what was fitted on: an update needs the values that a sliding window has left behind, since the
    initial states of the models belong to the first of them. ``columns`` are the drivers that each model was given.
    """

    engine: Engine
    season: int
    grid: Grid
    models: tuple[Learned | None, ...]
    failures: dict[str, str]
    columns: tuple[Columns, ...]

    def predict(self, future: Future) -> Forecast:
        """Mean and two-sided normal (theta: simulated) quantiles of each series.

        The rows of failed series are NaN, as are quantiles that a model cannot give. Raises DataError where a model
        that reads drivers is asked without theirs.
        """
        if self.engine.reads_drivers:
            check_same(self.grid.drivers, future.drivers)
        rows = np.full((1 + len(future.levels), len(self.models), len(future.ds)), np.nan)
        model = self.engine.estimator(self.season)
        with _quiet():
            for i, learned in enumerate(self.models):
                if learned is None:
                    continue
                try:
                    model.model_ = learned
                    x = self.columns[i].of(future.drivers, i)
                    rows[:, i] = ask(model, future.reach, future.levels, x)[:, future.lead - 1 :]
                except Exception as error:
                    _log.warning("series %d of %d has no forecast: %s", i, len(self.models), _reason(error))
        return Forecast(self.grid.ids, future.ds, rows[0], dict(zip(future.levels, rows[1:], strict=True)))

    def update(self, history: History) -> FittedSeries:
        """What was learned over a longer history; a series that failed or whose start has moved is fitted anew."""
        if self.engine.reads_drivers:
            check_same(self.grid.drivers, history.grid.drivers)
        grid = _prepend(self.grid, history.grid)
        models: list[Learned | None] = []
        columns: list[Columns] = []
        failures: dict[str, str] = {}
        with _quiet():
            for i, name in enumerate(grid.ids):
                learned, chosen = self.models[i], self.columns[i]
                try:
                    if learned is None or _start(grid, i) != _start(self.grid, i):
                        chosen = _choose(self.engine, grid, i)
                        models.append(_fit(self.engine, self.season, grid, i, chosen))
                    else:
                        x = chosen.of(grid.drivers, i, _first(grid, i))
                        sure = {"margins": learned["margins"]} if "margins" in learned else {}
                        models.append(sure | _slim(self.engine.forward(learned, grid.series(i), x)))
                except Exception as error:
                    models.append(None)
                    failures[str(name)] = _reason(error)
                columns.append(chosen)
        return FittedSeries(self.engine, self.season, grid, tuple(models), failures, tuple(columns))

    def effects(self) -> pd.DataFrame:
        """What one more unit of each driver adds to each series, with the normal 95 % interval of its coefficient."""
        effects = []
        for i, (learned, chosen) in enumerate(zip(self.models, self.columns, strict=True)):
            if learned is None or "margins" not in learned:
                continue
            for k, name in enumerate(chosen.names):
                unit = 1 / chosen.spread[k]
                x, y = self.grid.drivers[name][i, _first(self.grid, i) :].mean(), self.grid.series(i).mean()
                said = learned["coef"].get(f"ex_{k + 1}", np.nan) * unit, learned["margins"][k] * unit
                effects.append(Effect(str(self.grid.ids[i]), name, *map(float, (*said, x, y))))
        return table(effects)

    def state(self) -> State:
        """The models' own dictionaries, the values they were fitted on, and the failures."""
        columns = [vars(chosen) for chosen in self.columns]
        content = {"season": self.season, "grid": of_grid(self.grid), "models": list(self.models)}
        return pack({**content, "failures": self.failures, "columns": columns})


def fit_series(engine: Engine, season: int, history: History) -> FittedSeries:
    """Fit every series by itself; what goes wrong in one series stays in that series."""
    grid = history.grid
    models: list[Learned | None] = []
    failures: dict[str, str] = {}
    columns = tuple(_choose(engine, grid, i) for i in range(len(grid.ids)))
    with _quiet():
        for i, name in enumerate(grid.ids):
            try:
                models.append(_fit(engine, season, grid, i, columns[i]))
            except Exception as error:
                models.append(None)
                failures[str(name)] = _reason(error)
    return FittedSeries(engine, season, grid, tuple(models), failures, columns)


def series_from(engine: Engine, state: State) -> FittedSeries:
    """The fitted series that ``state`` describes."""
    found = unpack(state)
    columns = tuple(Columns(**content) for content in found["columns"])
    rest = (tuple(found["models"]), found["failures"], columns)
    return FittedSeries(engine, found["season"], to_grid(found["grid"]), *rest)


def _choose(engine: Engine, grid: Grid, i: int) -> Columns:
    return choose(grid.drivers if engine.reads_drivers else {}, i, _first(grid, i))


def _fit(engine: Engine, season: int, grid: Grid, i: int, columns: Columns) -> Learned:
    y, x = grid.series(i), columns.of(grid.drivers, i, _first(grid, i))
    if len(y) < engine.shortest:
        raise ValueError(f"{len(y)} periods are too few")
    if x is not None and len(y) < 3 * (1 + x.shape[1]):
        raise ValueError(f"{len(y)} periods are too few for {x.shape[1]} drivers")
    try:
        estimator = engine.estimator(season)
        model = estimator.fit(y) if x is None else estimator.fit(y, X=x)
    except NotImplementedError:  # how statsforecast says that it has too little to go by
        raise ValueError(f"{len(y)} periods are too few") from None
    if not np.isfinite(ask(model, 1, (), None if x is None else x[-1:])).all():
        raise ValueError("the fitted model gives no finite forecast")
    learned = _slim(model.model_)
    return learned if x is None or learned["xreg"] is None else {**learned, "margins": margins(learned, x)}


def _slim(learned: Learned) -> Learned:
    # the optimiser's diary: nothing reads it, and it cannot be written as JSON
    return {**learned, "fit": None} if "fit" in learned else learned


def ask(model: Any, reach: int, levels: Sequence[float], x: Floats | None) -> Floats:
    """Mean and quantiles, stacked in the order asked; the median is taken to be the mean."""
    sides = {level: round(abs(200 * level - 100), 6) for level in levels}
    asked = sorted({side for side in sides.values() if side}) or None
    answer = model.predict(reach, level=asked) if x is None else model.predict(reach, X=x, level=asked)
    mean = np.asarray(answer["mean"], dtype=float)
    named = [f"{'lo' if level < 0.5 else 'hi'}-{side}" if side else "mean" for level, side in sides.items()]
    quantiles = np.array([answer[name] for name in named], dtype=float).reshape(len(named), reach)
    # simulated tails may cross the mean by chance
    quantiles[np.argsort(levels)] = np.sort(quantiles, axis=0)
    return np.vstack([mean, np.where(np.isfinite(quantiles), quantiles, np.nan)])


def _first(grid: Grid, i: int) -> int:
    return int(np.isnan(grid.values[i]).sum())


def _start(grid: Grid, i: int) -> pd.Timestamp | None:
    return grid.ds[_first(grid, i)] if _first(grid, i) < len(grid.ds) else None


def _prepend(old: Grid, new: Grid) -> Grid:
    before = old.ds < new.ds[0]
    drivers = {
        name: np.hstack([old.drivers[name][:, before], v]) for name, v in new.drivers.items() if name in old.drivers
    }
    values = np.hstack([old.values[:, before], new.values])
    return Grid(new.ids, pd.DatetimeIndex(old.ds[before].append(new.ds)), values, drivers)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
