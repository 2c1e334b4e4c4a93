"""Law: a feature at a period does not change, whatever sells in that period or later, or comes of drivers after it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastlab.feature.calendar import Calendar
from forecastlab.feature.drivers import Drivers
from forecastlab.feature.lags import Lags
from forecastlab.feature.trend import Trend
from forecastlab.schema import Frequency, Grid

FEATURES = [Lags([1, 2, 7], [1, 3, 8]), Calendar(3, 3), Trend(), Drivers(None, (0, 1, 3))]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: type(feature).__name__)
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    t=st.integers(0, 19),
    freq=st.sampled_from(["D", "W-SAT", "M", "Q", "Y"]),
    poison=st.sampled_from([np.nan, np.inf, 1e9, 0.0]),
)
def test_when_the_present_and_the_future_are_tampered_with_then_features_stay(feature, seed, t, freq, poison):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(3, 20))
    values[1, : draw.integers(0, 20)] = np.nan
    ds = Frequency(freq).after(pd.Timestamp("2019-12-31"), 20)
    known = draw.normal(size=(3, 20))
    honest = Grid(np.array(["a", "b", "c"]), ds, values, {"price": known})
    later = {"price": np.where(np.arange(20) > t, poison, known)}
    tampered = Grid(honest.ids, ds, np.where(np.arange(20) >= t, poison, values), later)
    at = np.arange(t + 1)
    expected, found = feature.build(honest, at), feature.build(tampered, at)
    assert expected.keys() == found.keys()
    for name, column in expected.items():
        np.testing.assert_array_equal(column, found[name])
