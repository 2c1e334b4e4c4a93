"""The one place that talks to sktime: which of its names may be said, and how they are put together."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Fault, nearest

Floats = NDArray[np.float64]

FORECASTERS = {
    "AutoETS": "sktime.forecasting.ets",
    "AutoREG": "sktime.forecasting.auto_reg",
    "Croston": "sktime.forecasting.croston",
    "ExponentialSmoothing": "sktime.forecasting.exp_smoothing",
    "NaiveForecaster": "sktime.forecasting.naive",
    "PolynomialTrendForecaster": "sktime.forecasting.trend",
    "RecursiveTabularRegressionForecaster": "sktime.forecasting.compose",
    "SARIMAX": "sktime.forecasting.sarimax",
    "STLForecaster": "sktime.forecasting.trend",
    "StatsForecastAutoARIMA": "sktime.forecasting.statsforecast",
    "StatsForecastAutoCES": "sktime.forecasting.statsforecast",
    "StatsForecastAutoETS": "sktime.forecasting.statsforecast",
    "StatsForecastAutoTheta": "sktime.forecasting.statsforecast",
    "ThetaForecaster": "sktime.forecasting.theta",
    "TransformedTargetForecaster": "sktime.forecasting.compose",
    "TrendForecaster": "sktime.forecasting.trend",
    "UnobservedComponents": "sktime.forecasting.structural",
}
TRANSFORMERS = {
    "BoxCoxTransformer": "sktime.transformations.boxcox",
    "ConditionalDeseasonalizer": "sktime.transformations.detrend",
    "Deseasonalizer": "sktime.transformations.detrend",
    "Detrender": "sktime.transformations.detrend",
    "Differencer": "sktime.transformations.difference",
    "ExponentTransformer": "sktime.transformations.exponent",
    "LogTransformer": "sktime.transformations.boxcox",
    "SqrtTransformer": "sktime.transformations.exponent",
}
REGRESSORS = {
    "GradientBoostingRegressor": "sklearn.ensemble",
    "KNeighborsRegressor": "sklearn.neighbors",
    "Lasso": "sklearn.linear_model",
    "LinearRegression": "sklearn.linear_model",
    "RandomForestRegressor": "sklearn.ensemble",
    "Ridge": "sklearn.linear_model",
    "SVR": "sklearn.svm",
}
KINDS = {"forecaster": FORECASTERS, "transformer": TRANSFORMERS, "regressor": REGRESSORS}
"""What may be named, by kind, and the module it comes from. Nothing else is ever imported for a config."""

SEASON = "season"
"""A parameter with this value gets the season length of the history."""


def mistakes(kind: str, name: str, parameters: Any, path: str) -> Iterator[Fault]:
    """Names that may not be said, and parameters that there are not, here and in all that is nested."""
    if name not in KINDS[kind]:
        what = f"found {name}, allowed are {', '.join(KINDS[kind])}"
        yield Fault(f"unknown-{kind}", f"{path}{kind}", what, nearest(str(name), list(KINDS[kind])))
        return
    if not isinstance(parameters, Mapping):
        yield Fault("bad-value", f"{path}parameters", "allowed is a mapping from a parameter to its value")
        return
    allowed = inspect.signature(_kind(kind, name)).parameters
    for key, value in parameters.items():
        where = f"{path}parameters.{key}"
        if key not in allowed:
            what = f"{name} has no parameter {key}, it has {', '.join(allowed) or 'none'}"
            yield Fault("unknown-key", where, what, nearest(str(key), list(allowed)))
        yield from _inside(value, where)
    for key, parameter in allowed.items():
        if parameter.default is parameter.empty and key not in parameters:
            yield Fault("missing-key", f"{path}parameters.{key}", f"{name} needs it and it has no value")


def _inside(value: Any, where: str) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        kinds = [kind for kind in KINDS if kind in value]
        if len(kinds) != 1 or set(value) - {*kinds, "parameters"}:
            what = f"allowed is a mapping with one of {', '.join(KINDS)}, and parameters"
            yield Fault("bad-value", where, what)
            return
        yield from mistakes(kinds[0], value[kinds[0]], value.get("parameters", {}), f"{where}.")
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _inside(item, f"{where}.{number}")


def make(kind: str, name: str, parameters: Mapping[str, Any], season: int) -> Any:
    """The library's object; random draws begin at 0 unless the parameters say otherwise."""
    build = _kind(kind, name)
    given = {key: _made(value, season) for key, value in parameters.items()}
    if "random_state" in inspect.signature(build).parameters:
        given = {"random_state": 0} | given
    return build(**given)


def _made(value: Any, season: int) -> Any:
    if value == SEASON:
        return season
    if isinstance(value, Mapping):
        kind = next(kind for kind in KINDS if kind in value)
        return make(kind, value[kind], value.get("parameters", {}), season)
    if isinstance(value, list):
        return [_made(item, season) for item in value]
    return value


def _kind(kind: str, name: str) -> Any:
    return getattr(importlib.import_module(KINDS[kind][name]), name)


def fit(forecaster: Any, y: Floats, x: Floats | None) -> Any:
    """The forecaster fitted to values numbered 0, 1, 2, … and the columns beside them."""
    import pandas as pd

    return forecaster.fit(pd.Series(y), X=None if x is None else _frame(x, 0))


def answer(forecaster: Any, reach: int, levels: Sequence[float], x: Floats | None) -> Floats:
    """Mean and quantiles of the next periods: (1 + levels, reach); NaN where it has no quantiles of its own."""
    frame = None if x is None else _frame(x, int(forecaster.cutoff[0]) + 1)
    steps = np.arange(1, reach + 1)
    mean = np.asarray(forecaster.predict(steps, X=frame), dtype=float).ravel()
    quantiles = np.full((len(levels), reach), np.nan)
    if levels and forecaster.get_tag("capability:pred_int"):
        told = forecaster.predict_quantiles(steps, X=frame, alpha=sorted(levels))
        quantiles[np.argsort(levels)] = np.sort(np.asarray(told, dtype=float).T, axis=0)
    return np.vstack([mean, quantiles])


def _frame(x: Floats, first: int) -> Any:
    import pandas as pd

    names = [f"x{k}" for k in range(x.shape[1])]
    return pd.DataFrame(x, index=pd.RangeIndex(first, first + len(x)), columns=names)
