"""Features on numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.feature.calendar import Calendar
from forecastlab.feature.drivers import Drivers
from forecastlab.feature.lags import Lags
from forecastlab.feature.trend import Trend
from forecastlab.schema import ConfigError, Frequency, Grid

NAN = np.nan


def grid(values, freq="M", cutoff="2019-12-31"):
    values = np.array(values, dtype=float)
    ids = np.array([f"s{i}" for i in range(len(values))])
    return Grid(ids, Frequency(freq).after(pd.Timestamp(cutoff), values.shape[1]), values)


def test_when_lagged_then_earlier_values_and_nan_before_the_start():
    columns = Lags([1, 3], []).build(grid([[1, 2, 3, 4], [NAN, NAN, 5, 6]]), np.arange(4))
    np.testing.assert_array_equal(columns["lag1"], [[NAN, 1, 2, 3], [NAN, NAN, NAN, 5]])
    np.testing.assert_array_equal(columns["lag3"], [[NAN, NAN, NAN, 1], [NAN, NAN, NAN, NAN]])


def test_when_averaged_then_the_mean_of_the_periods_before():
    columns = Lags([], [2, 3]).build(grid([[1, 2, 6, 4], [NAN, 2, 4, 9]]), np.arange(4))
    np.testing.assert_allclose(columns["mean2"], [[NAN, NAN, 1.5, 4], [NAN, NAN, NAN, 3]])
    np.testing.assert_allclose(columns["mean3"], [[NAN, NAN, NAN, 3], [NAN, NAN, NAN, NAN]])


def test_when_some_positions_are_asked_then_the_same_as_among_all():
    whole = grid(np.random.default_rng(1).normal(size=(3, 12)))
    for feature in (Lags([1, 2], [3]), Calendar(2, 3), Trend()):
        everywhere, there = feature.build(whole, np.arange(12)), feature.build(whole, np.array([7, 3]))
        assert everywhere.keys() == there.keys()
        for name, values in everywhere.items():
            np.testing.assert_array_equal(values[:, [7, 3]], there[name])


def test_when_months_then_waves_over_the_year_only():
    columns = Calendar(1, 3).build(grid(np.ones((2, 12))), np.arange(12))
    assert list(columns) == ["year_sin1", "year_cos1"]
    day = pd.Timestamp("2020-03-31").dayofyear
    np.testing.assert_allclose(columns["year_sin1"][1, 2], np.sin(2 * np.pi * day / 365.25))


def test_when_days_then_the_week_repeats_after_seven():
    columns = Calendar(0, 2).build(grid(np.ones((1, 15)), "D"), np.arange(15))
    assert list(columns) == ["week_sin1", "week_sin2", "week_cos1", "week_cos2"]
    np.testing.assert_allclose(columns["week_cos2"][:, :7], columns["week_cos2"][:, 7:14], atol=1e-12)
    assert len({round(value, 6) for value in columns["week_sin1"][0, :7] + 10 * columns["week_cos1"][0, :7]}) == 7


@pytest.mark.parametrize(("freq", "periods", "expected"), [("Y", 9, 0), ("Q", 4, 2), ("M", 12, 2), ("W", 52, 2)])
def test_when_the_period_is_longer_than_the_turn_then_no_columns(freq, periods, expected):
    assert len(Calendar(1, 1).build(grid(np.ones((1, periods)), freq), np.arange(periods))) == expected


@pytest.mark.parametrize(("freq", "periods", "expected"), [("Q", 3, 0), ("M", 11, 0), ("W", 50, 0), ("D", 300, 2)])
def test_when_less_than_a_year_was_seen_then_no_waves_over_it(freq, periods, expected):
    assert len(Calendar(1, 1).build(grid(np.ones((1, periods)), freq), np.arange(periods))) == expected


@pytest.mark.parametrize("month", range(1, 13))
def test_when_a_window_of_twelve_months_slides_then_it_is_always_a_year(month):
    cutoff = pd.Timestamp(2019, month, 1) + pd.offsets.MonthEnd()
    assert Calendar(1, 0).build(grid(np.ones((1, 12)), "M", cutoff), np.arange(12))


def test_when_a_year_passes_then_the_trend_rises_by_one():
    years = Trend().build(grid(np.ones((2, 25))), np.arange(25))["years"]
    np.testing.assert_allclose(years[1, 12:] - years[1, :13], 1, atol=0.003)


def test_when_the_start_slides_then_the_trend_means_the_same():
    whole = grid(np.ones((1, 10)))
    later = Grid(whole.ids, whole.ds[4:], whole.values[:, 4:])
    np.testing.assert_array_equal(
        Trend().build(whole, np.array([6]))["years"], Trend().build(later, np.array([2]))["years"]
    )


def with_drivers(**drivers):
    plain = grid([[1, 2, 3, 4]])
    return Grid(plain.ids, plain.ds, plain.values, {name: np.array([row], float) for name, row in drivers.items()})


def test_when_drivers_are_asked_for_then_the_period_itself_and_those_before_it():
    shop = with_drivers(price=[5, 6, 7, 8], sun=[1, 0, 1, 0])
    columns = Drivers(None, (0, 2)).build(shop, np.array([1, 3]))
    assert list(columns) == ["price", "price.lag2", "sun", "sun.lag2"]
    np.testing.assert_array_equal(columns["price"], [[6, 8]])
    np.testing.assert_array_equal(columns["price.lag2"], [[NAN, 6]])
    np.testing.assert_array_equal(columns["sun.lag2"], [[NAN, 0]])


def test_when_some_drivers_are_chosen_then_the_others_are_left_out():
    shop = with_drivers(price=[5, 6, 7, 8], sun=[1, 0, 1, 0])
    assert list(Drivers(("sun",), (1,)).build(shop, np.arange(4))) == ["sun.lag1"]
    assert Drivers(None, (0,)).build(grid([[1, 2, 3, 4]]), np.arange(4)) == {}


def test_when_a_chosen_driver_is_not_there_then_those_that_are_there_are_named():
    with pytest.raises(ConfigError, match=r"found prise, there are price, sun. did you mean price"):
        Drivers(("prise",), (0,)).build(with_drivers(price=[5, 6, 7, 8], sun=[1, 0, 1, 0]), np.arange(4))
    with pytest.raises(ConfigError, match="found price, there are no drivers"):
        Drivers(("price",), (0,)).build(grid([[1, 2, 3, 4]]), np.arange(4))
