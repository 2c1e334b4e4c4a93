"""What is known of drivers at a cutoff, and what each declared rule says of the periods after it: by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecastlab.recipe import check
from forecastlab.recipe.settings import Settings
from forecastlab.schema import ConfigError, DataError, Fold
from forecastlab.stages.drivers import DriverTable, changed, lay
from forecastlab.testing.synthetic import of_rows

PRICES = [5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]
"""Of eight months; the cutoff is after the fifth, and three more are asked for."""


@pytest.fixture
def history():
    return of_rows([[1, 2, 3, 4, 5], [2, 4, 6, 8, 10]], "M", 12)


@pytest.fixture
def fold(history):
    return Fold(history.cutoff, 2, 1, history.freq, "select", 0)


@pytest.fixture
def table(history, tmp_path):
    """A driver of all series, ``price``, and how to declare it."""
    months = history.grid.ds.append(history.freq.after(history.cutoff, 3))
    path = tmp_path / "driver.parquet"
    pd.DataFrame({"ds": months, "price": PRICES}).to_parquet(path)
    return DriverTable("shop", path, (), "known", 0, None)


def told(table, history, fold, oracle=False):
    found = lay((table,), history, fold, oracle)
    assert list(found.past) == list(found.ahead) == (["shop.price"] if found.past else [])
    for each in (found.past["shop.price"], found.ahead["shop.price"]):
        np.testing.assert_array_equal(each[0], each[1])
    return found.past["shop.price"][0].tolist(), found.ahead["shop.price"][0].tolist()


@pytest.mark.parametrize(
    ("declared", "past", "ahead"),
    [
        ({"future": "known"}, [5, 6, 7, 8, 9], [10, 11, 12]),
        ({"future": "known", "lag": 2}, [5, 6, 7, 8, 9], [10, 11, 12]),
        ({"future": "last"}, [5, 6, 7, 8, 9], [9, 9, 9]),
        ({"future": "last", "lag": 2}, [5, 6, 7, 7, 7], [7, 7, 7]),
        ({"future": "last", "lag": 9}, [0, 0, 0, 0, 0], [0, 0, 0]),
        ({"future": "scenario", "scenario": {"price": 4}}, [5, 6, 7, 8, 9], [4, 4, 4]),
        ({"future": "scenario", "scenario": {"price": "+10%"}}, [5, 6, 7, 8, 9], [9.9, 9.9, 9.9]),
        ({"future": "scenario", "scenario": {"price": "-3"}}, [5, 6, 7, 8, 9], [6, 6, 6]),
        ({"future": "scenario", "scenario": {"price": "-3"}, "lag": 1}, [5, 6, 7, 8, 5], [5, 5, 5]),
    ],
)
def test_when_a_rule_is_declared_then_it_says_what_is_not_published(table, history, fold, declared, past, ahead):
    found = told(replace(table, **declared), history, fold)
    np.testing.assert_allclose(found[0], past)
    np.testing.assert_allclose(found[1], ahead)


def test_when_the_column_is_dropped_then_there_is_none(table, history, fold):
    found = lay((replace(table, future="drop"),), history, fold, False)
    assert not found.past and not found.ahead


def test_when_it_is_forecast_then_from_its_own_published_past(table, history, fold):
    known, ahead = told(replace(table, future="forecast", lag=1), history, fold)
    assert known[:4] == PRICES[:4]
    # a straight line: exponential smoothing follows it closely, and half of its slope is the drift of theta
    expected = ThetaModel(pd.Series(PRICES[:4]), period=1, deseasonalize=False).fit().forecast(4)
    np.testing.assert_allclose([known[4], *ahead], expected, rtol=0.02)


@pytest.mark.parametrize("declared", ["last", "forecast", "scenario"])
def test_when_an_oracle_is_asked_then_it_sees_what_came_to_be(table, history, fold, declared):
    table = replace(table, future=declared, lag=2, scenario={"price": 1.0} if declared == "scenario" else None)
    assert told(table, history, fold, oracle=True) == (PRICES[:5], PRICES[5:])


def test_when_a_known_value_is_missing_then_the_error_names_column_period_count_and_fix(table, history, fold):
    frame = pd.read_parquet(table.path)
    first = frame["ds"].iloc[6]
    frame.iloc[:6].to_parquet(table.path)
    message = rf"driver.shop: shop.price is declared known and has no value in 2 of the 3 periods.*{first:%Y-%m-%d}"
    with pytest.raises(DataError, match=message + r".*driver\.shop\.future=last"):
        lay((table,), history, fold, False)


def test_when_the_past_has_holes_then_the_value_before_goes_on(table, history, fold):
    pd.read_parquet(table.path).drop(index=[0, 2]).to_parquet(table.path)
    assert told(replace(table, future="last"), history, fold)[0] == [6, 6, 6, 8, 9]


def test_when_series_have_values_of_their_own_then_each_gets_its_own_and_strangers_the_mean(history, fold, tmp_path):
    months = history.grid.ds
    rows = [
        pd.DataFrame({"segment": name, "ds": months, "price": value}) for name, value in (("new", 2.0), ("old", 8.0))
    ]
    pd.concat(rows).to_parquet(tmp_path / "driver.parquet")
    table = DriverTable("shop", tmp_path / "driver.parquet", ("segment",), "last", 0, None)
    found = lay((table,), history, fold, False)  # the series are of the segments new and loyal
    np.testing.assert_array_equal(found.past["shop.price"], [[2.0] * 5, [5.0] * 5])
    np.testing.assert_array_equal(found.ahead["shop.price"], [[2.0] * 3, [5.0] * 3])


def test_when_a_scenario_names_another_column_then_the_columns_are_named(table, history, fold):
    with pytest.raises(ConfigError, match=r"found prise, shop has the columns price. did you mean price"):
        lay((replace(table, future="scenario", scenario={"prise": 1}),), history, fold, False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (5, [5, 5]),
        (0.5, [0.5, 0.5]),
        ("+10%", [2.2, -4.4]),
        ("-25%", [1.5, -3]),
        ("+3", [5, -1]),
        ("-0.5", [1.5, -4.5]),
    ],
)
def test_when_a_change_is_written_then_it_means_what_it_says(change, expected):
    np.testing.assert_allclose(changed(np.array([2.0, -4.0]), change), expected)


@pytest.mark.parametrize("change", ["10%", "5", "+-3", "+10 %", "double", "+1e3", "", "10%+"])
def test_when_a_change_has_another_form_then_the_config_is_wrong(change):
    faults = []
    check.value(check.fields(Settings)["what_if"], {"a": {"shop.price": change}}, "what_if", Anywhere(), faults)
    assert faults


def test_when_changes_have_the_form_then_the_config_is_right():
    faults, given = [], {"a": {"shop.price": "+10%", "shop.sun": 3, "x.y": "-0.5"}}
    assert check.value(check.fields(Settings)["what_if"], given, "what_if", Anywhere(), faults) == given
    assert not faults


class Anywhere:
    def origin(self, dotted):
        return "conf/config.yaml"
