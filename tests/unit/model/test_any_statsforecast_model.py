"""Models of statsforecast by name: every one that may be named works, and what may not be named is said at once."""

import inspect

import numpy as np
import pytest
from statsforecast import models as library

from forecastlab.model.statsforecast import MODELS, WITH_QUANTILES, Statsforecast
from forecastlab.schema import ConfigError
from forecastlab.testing.synthetic import future, history, of_rows, pathological

NEEDED = {"SeasonalWindowAverage": {"window_size": 1}, "WindowAverage": {"window_size": 3},
          "TSB": {"alpha_d": 0.2, "alpha_p": 0.2}, "SimpleExponentialSmoothing": {"alpha": 0.3}}  # fmt: skip
LEVELS = (0.1, 0.5, 0.9)


def part(name, **parameters):
    return Statsforecast(name, NEEDED.get(name, {}) | parameters)


@pytest.mark.parametrize("name", MODELS)
def test_when_a_model_may_be_named_then_it_forecasts_as_the_library_itself(name):
    past = history(7, 1, 48, "M", 12)
    kind = getattr(library, name)
    season = {"season_length": 12} if "season_length" in inspect.signature(kind).parameters else {}
    theirs = kind(**season, **NEEDED.get(name, {})).fit(past.grid.series(0)).predict(5)["mean"]
    answer = part(name).fit(past).predict(future(past, 5, levels=LEVELS))
    np.testing.assert_allclose(answer.yhat[0], theirs, rtol=1e-12)
    assert sorted(answer.quantiles) == (sorted(LEVELS) if name in WITH_QUANTILES else [])


@pytest.mark.parametrize("name", MODELS)
def test_when_series_are_hard_then_the_model_answers_or_says_why_not(name):
    past = pathological()
    fitted = part(name).fit(past)
    finite = np.isfinite(fitted.predict(future(past, 3)).yhat).all(axis=1)
    assert set(fitted.failures) == set(past.grid.ids[~finite])
    assert all(fitted.failures.values())
    assert finite.sum() >= 6 or name == "SeasonalWindowAverage"


@pytest.mark.parametrize("name", ["MSTL", "SeasonalWindowAverage", "HoltWinters", "MFLES"])
def test_when_there_is_no_season_then_it_answers_or_says_why_not(name):
    past = history(7, 2, 30, "W-SUN", 1)
    fitted = part(name).fit(past)
    assert np.isfinite(fitted.predict(future(past, 3)).yhat).all() or set(fitted.failures) == set(past.grid.ids)


def test_when_sales_are_rare_then_croston_sba_is_a_flat_rate_below_croston():
    past = of_rows([[0, 0, 5, 0, 0, 0, 4, 0, 0, 6, 0, 0]], "M", 1)
    asked = future(past, 3)
    plain, corrected = (part(name).fit(past).predict(asked).yhat[0] for name in ("CrostonClassic", "CrostonSBA"))
    np.testing.assert_allclose(corrected, 0.95 * plain)  # 1 - smoothing / 2, Syntetos & Boylan 2005
    assert np.ptp(plain) == 0 and 5 / 4 < plain[0] < 5 / 3 + 0.1


@pytest.mark.parametrize(
    ("model", "parameters", "words"),
    [
        ("AutoCSE", {}, "found AutoCSE.*did you mean AutoCES"),
        ("GARCH", {}, "found GARCH, allowed are"),
        ("os", {}, "found os, allowed are"),
        ("AutoCES", {"modle": "Z"}, "AutoCES has no parameter modle.*did you mean model"),
        ("AutoCES", {"season_length": 7}, "AutoCES has no parameter season_length"),
        ("TSB", {"alpha_d": 0.1}, "TSB needs it"),
    ],
)
def test_when_model_or_parameter_is_unknown_then_the_error_says_what_there_is(model, parameters, words):
    with pytest.raises(ConfigError, match=words):
        Statsforecast(model, parameters).fit(history(7, 1, 30, "M", 12))


def test_when_a_model_reads_drivers_then_it_follows_them():
    past = history(7, 1, 60, "M", 1)
    promo = (np.arange(60) % 5 == 0)[None] * 1.0
    past.grid.values[:] += 300 * promo
    past.grid.drivers["promo"] = promo
    asked = future(past, 2)
    asked.drivers["promo"] = np.array([[0.0, 1.0]])
    low, high = part("MFLES").fit(past).predict(asked).yhat[0]
    assert 200 < high - low < 400
