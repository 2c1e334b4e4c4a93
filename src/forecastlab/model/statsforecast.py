"""Any of the models of statsforecast that stand series as they come."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.model._refit import Refitted, refit, refitted_from
from forecastlab.model._statsforecast import ask
from forecastlab.schema import ConfigError, Fault, History, nearest
from forecastlab.schema.parts import State

Floats = NDArray[np.float64]
Scalar = bool | int | float | str | None

WITH_QUANTILES = (
    "AutoARIMA",
    "AutoCES",
    "AutoETS",
    "AutoTheta",
    "DynamicOptimizedTheta",
    "DynamicTheta",
    "HistoricAverage",
    "Holt",
    "HoltWinters",
    "MSTL",
    "OptimizedTheta",
    "RandomWalkWithDrift",
    "SimpleExponentialSmoothing",
    "SimpleExponentialSmoothingOptimized",
    "Theta",
)
WITHOUT_QUANTILES = (
    "ADIDA",
    "CrostonClassic",
    "CrostonOptimized",
    "CrostonSBA",
    "IMAPA",
    "MFLES",
    "SeasonalWindowAverage",
    "TSB",
    "WindowAverage",
)
MODELS = (*WITH_QUANTILES, *WITHOUT_QUANTILES)
"""The models that may be named: each answers short, constant and empty series, or says why not."""

WITH_DRIVERS = ("AutoARIMA", "MFLES")
SHORTEST = {"AutoCES": 12}
"""Fewer periods are not tried: its simulated intervals then take seconds per series (measured: 5 s for 8 periods)."""

NOT_OURS = ("season_length", "alias", "prediction_intervals", "distribution", "self")
"""Parameters that the history or the calibration decides."""


@dataclass(frozen=True)
class Statsforecast:
    """A model of the library statsforecast by its name there, such as Croston's for sales with many zeros.

    ``parameters`` are those of the library; the season length is the history's. A fit takes thousandths of a second,
    so moving on to a longer history, and reading a stored model, is a new fit.
    """

    model: Annotated[str, Field(description="its name in statsforecast, such as AutoCES")]
    parameters: Annotated[dict[str, Scalar], Field(description="its parameters there, by name")]

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    @property
    def reads_drivers(self) -> bool:
        """Few of these models can."""
        return self.model in WITH_DRIVERS

    def mistakes(self) -> Iterator[Fault]:
        """A model that is not there, or parameters that it does not have."""
        if self.model not in MODELS:
            what = f"found {self.model}, allowed are {', '.join(sorted(MODELS))}"
            yield Fault("unknown-model", "model", what, nearest(self.model, MODELS))
            return
        allowed = _parameters(self.model)
        for name in self.parameters:
            if name not in allowed:
                what = f"{self.model} has no parameter {name}, it has {', '.join(allowed) or 'none'}"
                yield Fault("unknown-key", f"parameters.{name}", what, nearest(name, list(allowed)))
        for name, needed in allowed.items():
            if needed and name not in self.parameters:
                yield Fault("missing-key", f"parameters.{name}", f"{self.model} needs it and it has no value")

    def fit(self, history: History) -> Refitted:
        """Fit each series. Raises ConfigError for an unknown model or parameter."""
        faults = list(self.mistakes())
        if faults:
            raise ConfigError(faults)
        return refit(self, history.season, history.grid)

    def from_state(self, state: State) -> Refitted:
        """The fitted model that ``state`` describes."""
        return refitted_from(self, state)

    def learn(self, season: int, y: Floats, x: Floats | None) -> Any:
        """A fitted model object. Without a season, MSTL is what it makes of the rest: exponential smoothing."""
        if len(y) < SHORTEST.get(self.model, 1):
            raise ValueError(f"{len(y)} periods are too few")
        if self.model == "MSTL" and season < 2:
            return _kind("AutoETS")(model="ZZN").fit(y)
        model = _kind(self.model)
        season_length = {"season_length": season} if "season_length" in _signature(model) else {}
        return model(**season_length, **self.parameters).fit(y, X=x)

    def answer(self, fitted: Any, reach: int, levels: Sequence[float], x: Floats | None) -> Floats:
        """Mean and quantiles of the next periods."""
        if self.model in WITH_QUANTILES:
            return ask(fitted, reach, levels, x)
        mean = ask(fitted, reach, (), x)
        return np.vstack([mean, np.full((len(levels), reach), np.nan)])


def _parameters(name: str) -> Mapping[str, bool]:
    """The parameters of a model that may be set, and whether it cannot do without."""
    return {
        key: parameter.default is parameter.empty
        for key, parameter in _signature(_kind(name)).items()
        if key not in NOT_OURS and not key.endswith("_kwargs") and key != "trend_forecaster"
    }


def _signature(kind: Any) -> Mapping[str, Any]:
    return inspect.signature(kind).parameters


def _kind(name: str) -> Any:
    from statsforecast import models

    return getattr(models, name)


PART = Statsforecast
