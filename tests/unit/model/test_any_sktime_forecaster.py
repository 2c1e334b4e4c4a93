"""Forecasters of sktime by name: every one that may be named works, and what may not be named is said at once."""

import warnings

import numpy as np
import pandas as pd
import pytest

from forecastlab.model import _sktime
from forecastlab.model.sktime import Sktime
from forecastlab.schema import ConfigError
from forecastlab.testing.synthetic import future, history

LEVELS = (0.1, 0.5, 0.9)
STEPS = [{"transformer": "Detrender"}, {"forecaster": "NaiveForecaster", "parameters": {"strategy": "mean"}}]
NEEDED = {
    "TransformedTargetForecaster": {"steps": STEPS},
    "RecursiveTabularRegressionForecaster": {"estimator": {"regressor": "Ridge"}, "window_length": 4},
    "STLForecaster": {"sp": "season"},
    "StatsForecastAutoARIMA": {"max_p": 1, "max_q": 1, "seasonal": False},
    "StatsForecastAutoETS": {"model": "ANN"},
    "UnobservedComponents": {"level": "local level"},
}
NO_QUANTILES = {
    "AutoREG",
    "Croston",
    "ExponentialSmoothing",
    "PolynomialTrendForecaster",
    "RecursiveTabularRegressionForecaster",
    "STLForecaster",
    "TrendForecaster",
}


@pytest.fixture(scope="module")
def past():
    found = history(2, 2, 36, "M", 12)
    return found.take([0])


@pytest.mark.parametrize("name", _sktime.FORECASTERS)
def test_when_a_forecaster_may_be_named_then_it_forecasts(name, past, capfd):
    fitted = Sktime(name, NEEDED.get(name, {})).fit(past)
    assert not fitted.failures
    answer = fitted.predict(future(past, 4, levels=LEVELS))
    level = past.grid.values[0].mean()
    assert (answer.yhat > level / 3).all() and (answer.yhat < level * 3).all()
    assert sorted(answer.quantiles) == ([] if name in NO_QUANTILES else sorted(LEVELS))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", _sktime.TRANSFORMERS)
def test_when_a_transformer_may_be_named_then_it_stands_before_a_forecaster(name, past):
    part = Sktime("TransformedTargetForecaster", {"steps": [{"transformer": name}, {"forecaster": "NaiveForecaster"}]})
    answer = part.fit(past).predict(future(past, 3)).yhat
    # whatever was done to the values is undone again
    np.testing.assert_allclose(answer / past.grid.values[0, -1], 1, atol=0.6)


@pytest.mark.parametrize("name", _sktime.REGRESSORS)
def test_when_a_regressor_may_be_named_then_it_forecasts_by_its_last_values(name, past):
    part = Sktime("RecursiveTabularRegressionForecaster", {"estimator": {"regressor": name}, "window_length": 3})
    fitted, asked = part.fit(past), future(past, 3)
    assert np.isfinite(fitted.predict(asked).yhat).all()
    np.testing.assert_array_equal(part.from_state(fitted.state()).predict(asked).yhat, fitted.predict(asked).yhat)


def test_when_names_are_compared_with_the_registries_then_each_is_what_it_says():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sklearn.utils import all_estimators as of_sklearn
        from sktime.registry import all_estimators as of_sktime

        known = {
            "forecaster": dict(of_sktime("forecaster")),
            "transformer": dict(of_sktime("transformer")),
            "regressor": dict(of_sklearn(type_filter="regressor")),
        }
    for kind, names in _sktime.KINDS.items():
        for name in names:
            assert known[kind][name] is _sktime._kind(kind, name)


def test_when_sktime_is_used_by_itself_on_dated_values_then_the_same_forecasts(past):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sktime.forecasting.theta import ThetaForecaster

        y = pd.Series(past.grid.values[0], index=pd.PeriodIndex(past.grid.ds, freq="M"))
        model = ThetaForecaster(sp=12).fit(y, fh=[1, 2, 3])
        mean, told = model.predict(), model.predict_quantiles(alpha=[0.1, 0.9])
    answer = Sktime("ThetaForecaster", {"sp": "season"}).fit(past).predict(future(past, 3, levels=(0.9, 0.1)))
    np.testing.assert_allclose(answer.yhat[0], mean, rtol=1e-9)
    np.testing.assert_allclose(answer.quantiles[0.1][0], told.iloc[:, 0], rtol=1e-9)
    np.testing.assert_allclose(answer.quantiles[0.9][0], told.iloc[:, 1], rtol=1e-9)


def test_when_a_forecaster_reads_drivers_then_it_follows_them(past):
    promo = (np.arange(36) % 5 == 0)[None] * 1.0
    size = past.grid.values.mean()
    values = past.grid.values + size * promo
    driven = type(past)(type(past.grid)(past.grid.ids, past.grid.ds, values, {"p": promo}), past.freq, 1, past.static)
    asked = future(driven, 2)
    asked.drivers["p"] = np.array([[0.0, 1.0]])
    fitted = Sktime("SARIMAX", {"order": [1, 0, 0], "trend": "c"}).fit(driven)
    low, high = fitted.predict(asked).yhat[0]
    assert 0.6 * size < high - low < 1.4 * size


@pytest.mark.parametrize(
    ("forecaster", "parameters", "words"),
    [
        ("ThetaForcaster", {}, "unknown-forecaster: forecaster: found ThetaForcaster.*did you mean ThetaForecaster"),
        ("ForecastKnownValues", {}, "found ForecastKnownValues, allowed are"),
        ("ThetaForecaster", {"season": 12}, "parameters.season: ThetaForecaster has no parameter season"),
        ("STLForecaster", {"forecaster_trend": {"forecaster": "os.system"}},
         "parameters.forecaster_trend.forecaster: found os.system"),
        ("TransformedTargetForecaster", {"steps": [{"transformer": "Detrend"}]},
         "parameters.steps.0.transformer: found Detrend,.*did you mean Detrender"),
        ("TransformedTargetForecaster", {"steps": [{"transformer": "Detrender", "forcaster": 1}]},
         "parameters.steps.0: allowed is a mapping"),
        ("TransformedTargetForecaster", {}, "TransformedTargetForecaster needs it"),
    ],
)  # fmt: skip
def test_when_a_name_may_not_be_said_then_the_error_names_its_place(forecaster, parameters, words, past):
    with pytest.raises(ConfigError, match=words):
        Sktime(forecaster, parameters).fit(past)
