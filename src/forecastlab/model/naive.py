"""The last value, again."""

from __future__ import annotations

from dataclasses import dataclass

from forecastlab.model._profile import Profile, last_values, profile_from
from forecastlab.schema import History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Naive:
    """Every coming period sells what the last one sold.

    The random walk forecast (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 5.2). It always answers.
    """

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    def fit(self, history: History) -> Profile:
        """Remember the last value of each series."""
        return Profile(self.fit, history.grid.ids, last_values(history.grid.values, 1))

    def from_state(self, state: State) -> Profile:
        """The fitted model that ``state`` describes."""
        return profile_from(self.fit, state)


PART = Naive
