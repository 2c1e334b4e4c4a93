"""Drivers in models: the past they are learned from, the future they are read from, and what is said of them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from forecastlab.feature.calendar import Calendar
from forecastlab.feature.lags import Lags
from forecastlab.model.regression import Regression
from forecastlab.model.xgboost import Xgboost
from forecastlab.schema import DataError, Frequency, Future, Grid, History

FREQ = Frequency("W-SUN")


@dataclass(frozen=True)
class Now:
    """The drivers of the period itself."""

    def build(self, grid, at):
        return {name: values[:, at] for name, values in grid.drivers.items()}


def panel(periods=60, series=3):
    draw = np.random.default_rng(12)
    price = 10 + draw.normal(size=(series, periods))
    promo = (draw.random((series, periods)) < 0.3).astype(float)
    size = np.array([[1.0], [10.0], [100.0]])[:series]
    values = size * (100 - 5 * price + 20 * promo + draw.normal(size=(series, periods)))
    ids = np.array([f"s{i}" for i in range(series)])
    ds = FREQ.after(pd.Timestamp("2020-01-05"), periods)
    grid = Grid(ids, ds, values, {"price": price, "promo": promo})
    return History(grid, FREQ, 1, pd.DataFrame({"segment": "all"}, index=pd.Index(ids, name="unique_id")))


def future(past, steps, price, promo, lead=1):
    n, reach = len(past.grid.ids), lead - 1 + steps
    drivers = {"price": np.full((n, reach), price), "promo": np.full((n, reach), promo)}
    return Future(FREQ.after(past.cutoff, reach)[lead - 1 :], lead, (), drivers)


def regression(target="level", fit_by=("unique_id",), **features):
    return Regression({"drivers": Now(), **features}, list(fit_by), [], target, 0.0)


def test_when_a_driver_is_known_ahead_then_the_forecast_follows_it():
    past = panel()
    fitted = regression().fit(past)
    low, high = (fitted.predict(future(past, 3, 10.0, promo)).yhat for promo in (0.0, 1.0))
    np.testing.assert_allclose((high - low) / [[1], [10], [100]], 20, rtol=0.05)
    np.testing.assert_allclose(low / [[1], [10], [100]], 50, rtol=0.03)


def test_when_there_is_a_gap_then_drivers_of_the_asked_periods_count():
    past = panel()
    fitted = regression().fit(past)
    asked = future(past, 2, 10.0, 0.0, lead=3)
    asked.drivers["promo"][:, :2] = 1.0
    np.testing.assert_array_equal(fitted.predict(asked).yhat, fitted.predict(future(past, 2, 10.0, 0.0)).yhat)


def test_when_trees_read_drivers_then_they_follow_them_too():
    past = panel()
    part = Xgboost({"drivers": Now()}, [], [], "level", "squared", 30, 0.3, 3, 1.0, 1.0, 1.0, 0.0, 1.0, 7)
    fitted = part.fit(past)
    low, high = (fitted.predict(future(past, 1, 10.0, promo)).yhat for promo in (0.0, 1.0))
    assert (high > 1.1 * low).all()


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_when_the_future_has_other_drivers_then_an_error_names_them(change):
    past = panel()
    asked = future(past, 2, 10.0, 0.0)
    drivers = dict(asked.drivers)
    if change == "missing":
        del drivers["promo"]
    else:
        drivers["rain"] = drivers["promo"]
    name = "promo" if change == "missing" else "rain"
    with pytest.raises(DataError, match=f"{change}-driver: driver.{name}"):
        regression().fit(past).predict(replace(asked, drivers=drivers))


def test_when_moved_on_to_a_past_without_its_drivers_then_an_error():
    past = panel()
    bare = replace(past, grid=replace(past.grid, drivers={}))
    with pytest.raises(DataError, match=r"driver\.price.*\n.*driver\.promo"):
        regression().fit(past).update(bare)


def test_when_moved_on_then_the_drivers_move_on_too():
    whole = panel()
    grid = Grid(whole.grid.ids, whole.grid.ds[:-5], whole.grid.values[:, :-5],
                {name: values[:, :-5] for name, values in whole.grid.drivers.items()})  # fmt: skip
    short = replace(whole, grid=grid)
    part = regression(lags=Lags([1], []))
    moved, asked = part.fit(short).update(whole), future(whole, 2, 9.0, 1.0)
    again = part.from_state(moved.state())
    np.testing.assert_array_equal(moved.grid.drivers["price"], whole.grid.drivers["price"])
    np.testing.assert_array_equal(again.predict(asked).yhat, moved.predict(asked).yhat)


def test_when_a_history_becomes_shorter_than_a_year_then_its_seasons_count_with_their_mean():
    whole = panel(periods=60)
    part = Regression({"lags": Lags([1], []), "calendar": Calendar(1, 0), "drivers": Now()}, [], [], "level", 1.0)
    fitted = part.fit(whole)
    assert "calendar.year_sin1" in fitted.columns
    grid = whole.grid
    drivers = {name: values[:, 30:] for name, values in grid.drivers.items()}
    late = replace(whole, grid=Grid(grid.ids, grid.ds[30:], grid.values[:, 30:], drivers))
    assert np.isfinite(fitted.update(late).predict(future(late, 3, 10.0, 0.0)).yhat).all()


@pytest.mark.parametrize("target", ["level", "change"])
def test_when_effects_are_asked_of_a_regression_then_as_statsmodels_finds_them_on_the_raw_values(target):
    past = panel()
    effects = regression(target, lags=Lags([1], [])).fit(past).effects().set_index(["unique_id", "driver"])
    for i, name in enumerate(past.grid.ids):
        y, price, promo = past.grid.values[i], past.grid.drivers["price"][i], past.grid.drivers["promo"][i]
        goal = y[1:] - y[:-1] if target == "change" else y[1:]
        theirs = sm.OLS(goal, sm.add_constant(np.column_stack([price[1:], promo[1:], y[:-1]]))).fit()
        found = effects.loc[name].loc[["drivers.price", "drivers.promo", "lags.lag1"]]
        np.testing.assert_allclose(found["coefficient"], theirs.params[1:], rtol=1e-8)
        np.testing.assert_allclose(found[["low", "high"]], theirs.conf_int(0.05)[1:], rtol=1e-7)
        ratio = price.mean() / y.mean()
        np.testing.assert_allclose(found["elasticity"].iloc[0], theirs.params[1] * ratio, rtol=1e-8)
        np.testing.assert_allclose(found["elasticity_low"].iloc[0], theirs.conf_int(0.05)[1, 0] * ratio, rtol=1e-7)
        assert np.isnan(found["elasticity"].iloc[2])


def test_when_a_rule_has_no_intervals_then_it_says_nothing():
    past = panel()
    part = Xgboost({"drivers": Now()}, [], [], "level", "squared", 3, 0.3, 3, 1.0, 1.0, 1.0, 0.0, 1.0, 7)
    assert part.fit(past).effects().empty
