"""ARIMA of a fixed order, with drivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.model._sarimax import FittedSarimax, fit_sarimax, sarimax_from
from forecastlab.schema import History
from forecastlab.schema.parts import State

_Terms = Annotated[int, Field(ge=0, le=10)]


@dataclass(frozen=True)
class Sarimax:
    """Each period as a mixture of past values, past surprises and drivers, in the mixture that you say.

    Seasonal ARIMA with regressors in state space form (Durbin & Koopman 2012) by statsmodels, per series. Drivers
    that do not vary in a series, or are mixtures of others, are left out of it. A series for which no search converges
    (L-BFGS twice, then BFGS, each from where the last one stopped) is listed as failed.
    """

    order: Annotated[
        tuple[_Terms, _Terms, _Terms], Field(description="past values, differences, past surprises: p, d, q")
    ]
    seasonal_order: Annotated[
        tuple[_Terms, _Terms, _Terms], Field(description="the same, one season apart: P, D, Q; without effect if none")
    ]
    trend: Annotated[Literal["n", "c", "t", "ct"], Field(description="n none, c a constant, t a line in time, ct both")]
    enforce_stationarity: Annotated[bool, Field(description="keep the mixture of past values from exploding")]
    enforce_invertibility: Annotated[bool, Field(description="keep the mixture of past surprises from exploding")]
    iterations: Annotated[int, Field(ge=1, description="most steps of a search; there are up to three")]
    max_season: Annotated[int, Field(ge=1, description="longer seasons are treated as none")]

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    def fit(self, history: History) -> FittedSarimax:
        """Estimate the mixture of each series."""
        return fit_sarimax(self, history)

    def from_state(self, state: State) -> FittedSarimax:
        """The fitted model that ``state`` describes."""
        return sarimax_from(self, state)


PART = Sarimax
