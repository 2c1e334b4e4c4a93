"""Forecasters of sktime, put together in a config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, JsonValue

from forecastlab.model import _sktime
from forecastlab.model._refit import Refitted, refit, refitted_from
from forecastlab.schema import ConfigError, Fault, History
from forecastlab.schema.parts import State

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sktime:
    """A forecaster of the library sktime by its name there, alone or put together with others.

    A parameter may be a value, a list, or one more of its kind: ``{transformer: Detrender}``, ``{forecaster: …,
    parameters: …}`` or, of scikit-learn, ``{regressor: Ridge, parameters: {alpha: 1.0}}``. The word ``season`` stands
    for the season length of the history. Drivers are the columns X. Periods are numbered, not dated. Its fitted objects
    cannot be stored without pickle, so moving on to a longer history, and reading a stored model, is a new fit.
    """

    forecaster: Annotated[str, Field(description="its name in sktime, such as ThetaForecaster")]
    parameters: Annotated[dict[str, JsonValue], Field(description="its parameters there, by name")]

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    @property
    def reads_drivers(self) -> bool:
        """Every forecaster is given X; those that cannot use it pass it over."""
        return True

    def mistakes(self) -> Iterator[Fault]:
        """Names that may not be said, and parameters that there are not."""
        yield from _sktime.mistakes("forecaster", self.forecaster, self.parameters, "")

    def fit(self, history: History) -> Refitted:
        """Fit each series. Raises ConfigError for an unknown name or parameter."""
        faults = list(self.mistakes())
        if faults:
            raise ConfigError(faults)
        return refit(self, history.season, history.grid)

    def from_state(self, state: State) -> Refitted:
        """The fitted model that ``state`` describes."""
        return refitted_from(self, state)

    def learn(self, season: int, y: Floats, x: Floats | None) -> Any:
        """A fitted forecaster."""
        return _sktime.fit(_sktime.make("forecaster", self.forecaster, self.parameters, season), y, x)

    def answer(self, fitted: Any, reach: int, levels: Sequence[float], x: Floats | None) -> Floats:
        """Mean and quantiles of the next periods."""
        return _sktime.answer(fitted, reach, levels, x)


PART = Sktime
