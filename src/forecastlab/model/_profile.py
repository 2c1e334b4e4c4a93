"""Forecasts that repeat a profile of one season: the fitted form of the naive methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Forecast, Future, History
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class Profile:
    """The next season of every series, repeated for as long as is asked.

    ``values`` has shape (series, season length). ``fit`` is the ``fit`` of the method that made it: ``update`` asks it
    again, which costs nothing because there is nothing to search for.
    """

    fit: Callable[[History], Profile]
    ids: NDArray[np.str_]
    values: NDArray[np.float64]

    @property
    def failures(self) -> dict[str, str]:
        """Series without a single observation; every other series gets a forecast."""
        return {str(name): "no observation" for name in self.ids[np.isnan(self.values).any(axis=1)]}

    def predict(self, future: Future) -> Forecast:
        """The profile at each asked period; no quantiles of its own."""
        phase = (future.steps - 1) % self.values.shape[1]
        return Forecast(self.ids, future.ds, self.values[:, phase])

    def update(self, history: History) -> Profile:
        """The profile at the end of a longer history."""
        return self.fit(history)

    def state(self) -> State:
        """Ids and profile."""
        return pack({"ids": self.ids, "values": self.values})


def profile_from(fit: Callable[[History], Profile], state: State) -> Profile:
    """The profile that ``state`` describes."""
    found = unpack(state)
    return Profile(fit, found["ids"], found["values"])


def last_values(values: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """The last ``season`` values of every series; where a series is shorter than a season, its last value instead."""
    last = np.repeat(values[:, -1:], season, axis=1)
    if values.shape[1] < season:
        return last
    tail = values[:, -season:]
    return np.where(np.isnan(tail).any(axis=1, keepdims=True), last, tail)
