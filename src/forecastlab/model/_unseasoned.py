"""A fitted method on series without their seasons, and the seasons beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.model._seasons import Floats, Unseasoned, unseasoned
from forecastlab.schema import Explained, Fitted, Forecast, Forecaster, Future, Grid, History
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack

Way = dict[str, Any]
"""The way back of one series: ``profiles``, ``log``, ``unit``."""


@dataclass(frozen=True)
class FittedAdjusted:
    """The fitted method, the ``seasons`` that were taken out (none: it saw the series as they are), and ways back."""

    seasons: tuple[int, ...]
    ways: tuple[Way, ...]
    fitted: Fitted

    @property
    def failures(self) -> dict[str, str]:
        """Those of the method."""
        return dict(self.fitted.failures)

    def predict(self, future: Future) -> Forecast:
        """What the method says, with the seasons; its quantiles move with it."""
        told = self.fitted.predict(future)
        if not self.seasons:
            return told
        quantiles = {level: self._back(values, future.lead) for level, values in told.quantiles.items()}
        return Forecast(told.ids, told.ds, self._back(told.yhat, future.lead), quantiles)

    def _back(self, values: Floats, lead: int) -> Floats:
        nothing = np.empty(0)
        rows = [Unseasoned(nothing, **way).back(row, lead) for way, row in zip(self.ways, values, strict=True)]
        return np.array(rows).reshape(values.shape)

    def update(self, history: History) -> FittedAdjusted:
        """The same seasons, estimated on a longer history, and the method moved on to the rest of it."""
        rest, ways = _apart(history, self.seasons)
        return FittedAdjusted(self.seasons, ways, self.fitted.update(rest))

    def effects(self) -> pd.DataFrame:
        """What the method has learned of its columns, in its own units; empty where it says nothing of them."""
        return self.fitted.effects() if isinstance(self.fitted, Explained) else pd.DataFrame()

    def state(self) -> State:
        """The method's state, beside the seasons where there are any."""
        if not self.seasons:
            return self.fitted.state()
        own, arrays = pack({"seasons": self.seasons, "ways": self.ways})
        inner, more = self.fitted.state()
        named = {f"own {name}": array for name, array in arrays.items()}
        return {"own": own, "inner": inner}, named | {f"inner {name}": array for name, array in more.items()}


def taken_out(seasons: tuple[int, ...], periods: int, beyond: int) -> tuple[int, ...]:
    """The seasons that are to be taken out of all series of a history: several, or one longer than ``beyond``.

    A season of which ``periods`` do not hold two cycles does not count.
    """
    seasons = tuple(season for season in seasons if periods >= 2 * season)
    return seasons if len(seasons) > 1 or max(seasons, default=0) > beyond else ()


def fit_adjusted(method: Forecaster, seasons: tuple[int, ...], history: History) -> FittedAdjusted:
    """The method fitted to a history without these seasons."""
    rest, ways = _apart(history, seasons)
    return FittedAdjusted(seasons, ways, method.fit(rest))


def _apart(history: History, seasons: tuple[int, ...]) -> tuple[History, tuple[Way, ...]]:
    """The history without these seasons, and the way back of each series."""
    if not seasons:
        return history, ()
    grid = history.grid
    values, ways = grid.values.copy(), []
    for i in range(len(grid.ids)):
        y = grid.series(i)
        apart = unseasoned(y, seasons) if len(y) else Unseasoned(y, (), False, 1.0)
        values[i, len(grid.ds) - len(y) :] = apart.rest
        ways.append({"profiles": apart.profiles, "log": apart.log, "unit": apart.unit})
    rest = Grid(grid.ids, grid.ds, values, grid.drivers)
    return replace(history, grid=rest, season=1, longer=()), tuple(ways)
