"""The last value without its season, put back into season: the benchmark of the M competitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.model._decompose import deseasonalise
from forecastlab.model._profile import Profile, profile_from
from forecastlab.schema import History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Naive2:
    """Every coming period sells what the last one sold, corrected for the season where there is one.

    A 90 % test on the autocorrelation decides whether a series is seasonal; if so it is divided by the indices of a
    classical multiplicative decomposition, forecast with its last value, and multiplied back. The benchmark of the
    competitions' OWA (Makridakis & Hibon 2000). It always answers.
    """

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    def fit(self, history: History) -> Profile:
        """Find the season of each series and remember its last value."""
        grid = history.grid
        values = np.full((len(grid.ids), history.season), np.nan)
        for i in range(len(grid.ids)):
            y = grid.series(i)
            if len(y):
                plain, indices = deseasonalise(y, history.season)
                values[i] = plain[-1] * indices
        return Profile(self.fit, grid.ids, values)

    def from_state(self, state: State) -> Profile:
        """The fitted model that ``state`` describes."""
        return profile_from(self.fit, state)


PART = Naive2
