"""The same season a year ago, again."""

from __future__ import annotations

from dataclasses import dataclass

from forecastlab.model._profile import Profile, last_values, profile_from
from forecastlab.schema import History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class SeasonalNaive:
    """Every coming period sells what the same period of the last season sold.

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 5.2. The season length is the history's; a series
    that is shorter than a season, and a history without a season, are forecast with their last value. It always
    answers.
    """

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    def fit(self, history: History) -> Profile:
        """Remember the last season of each series."""
        return Profile(self.fit, history.grid.ids, last_values(history.grid.values, history.season))

    def from_state(self, state: State) -> Profile:
        """The fitted model that ``state`` describes."""
        return profile_from(self.fit, state)


PART = SeasonalNaive
