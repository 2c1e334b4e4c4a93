"""ARIMA with drivers: our two parts against statsmodels used by itself, against each other, and against the truth."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecastlab.model.arima import Arima
from forecastlab.model.sarimax import Sarimax
from forecastlab.schema import DataError, Frequency, Future, Grid, History

FREQ = Frequency("M")
LEVELS = (0.025, 0.1, 0.9, 0.975)
BY_HAND = Sarimax((1, 0, 0), (0, 0, 0), "c", True, True, 200, 12)
CHOSEN = Arima(1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5, "aicc", True, False, 12, "move")
both = pytest.mark.parametrize("part", [BY_HAND, CHOSEN], ids=["sarimax", "arima"])


@pytest.fixture(scope="module")
def past():
    """Two series: 500 + 12 · price - 40 · promotion + errors that keep 0.7 of the last one; the second begins late."""
    draw = np.random.default_rng(22)
    n = 160
    noise = np.zeros((2, n))
    for t in range(1, n):
        noise[:, t] = 0.7 * noise[:, t - 1] + draw.normal(size=2) * 6
    price = 20 + 3 * draw.normal(size=(2, n))
    promo = (draw.random((2, n)) < 0.25) * 1.0
    drivers = {"price": price, "flat": np.full((2, n), 3.0), "promo": promo, "twice": 2 * price - promo + 1}
    values = 500 + 12 * price - 40 * promo + noise
    values[1, :40] = np.nan
    ids = np.array(["a", "b"])
    ds = FREQ.after(pd.Timestamp("2005-12-31"), n)
    return History(Grid(ids, ds, values, drivers), FREQ, 1, pd.DataFrame({"segment": "all"}, index=ids))


def future(past, steps, levels=(), lead=1):
    reach = lead - 1 + steps
    drivers = {name: np.tile(np.linspace(0, 2, reach), (2, 1)) + 1 for name in past.grid.drivers}
    return Future(FREQ.after(past.cutoff, reach)[lead - 1 :], lead, levels, drivers)


def cut(past, periods):
    grid = past.grid
    drivers = {name: values[:, :-periods] for name, values in grid.drivers.items()}
    return replace(past, grid=Grid(grid.ids, grid.ds[:-periods], grid.values[:, :-periods], drivers))


def theirs(past, i):
    y = past.grid.series(i)
    first = len(past.grid.ds) - len(y)
    x = np.column_stack([past.grid.drivers[name][i, first:] for name in ("price", "promo")])
    return SARIMAX(y / 10, x - x.mean(axis=0), order=(1, 0, 0), trend="c").fit(
        method="bfgs", disp=0, maxiter=500, cov_type="oim"
    )


def test_when_statsmodels_is_used_by_itself_then_the_same_forecasts_and_quantiles(past):
    asked = future(past, 4, LEVELS)
    answer = BY_HAND.fit(past).predict(asked)
    for i in range(2):
        x = np.column_stack([asked.drivers["price"][i], asked.drivers["promo"][i]])
        seen = past.grid.ds[-len(past.grid.series(i)) :].size
        mean = [past.grid.drivers[name][i, -seen:].mean() for name in ("price", "promo")]
        told = theirs(past, i).get_forecast(4, exog=x - mean)
        np.testing.assert_allclose(answer.yhat[i], 10 * told.predicted_mean, rtol=1e-3)
        interval = 10 * told.conf_int(0.05)
        np.testing.assert_allclose(answer.quantiles[0.025][i], interval[:, 0], rtol=1e-3)
        np.testing.assert_allclose(answer.quantiles[0.975][i], interval[:, 1], rtol=1e-3)


def test_when_statsmodels_is_used_by_itself_then_the_same_coefficients_and_intervals(past):
    effects = BY_HAND.fit(past).effects().set_index(["unique_id", "driver"])
    assert list(effects.loc["a"].index) == ["price", "promo"]
    for i, name in enumerate("ab"):
        model = theirs(past, i)
        np.testing.assert_allclose(effects.loc[name]["coefficient"], 10 * model.params[1:3], rtol=3e-3)
        np.testing.assert_allclose(effects.loc[name][["low", "high"]], 10 * model.conf_int()[1:3], rtol=5e-3)
        row, y = effects.loc[(name, "price")], past.grid.series(i)
        ratio = past.grid.drivers["price"][i, -len(y) :].mean() / y.mean()
        assert row["elasticity"] == pytest.approx(row["coefficient"] * ratio)
        assert row["elasticity_low"] == pytest.approx(row["low"] * ratio)


@both
def test_when_the_truth_is_known_then_it_lies_in_the_intervals(part, past):
    effects = part.fit(past).effects().set_index(["unique_id", "driver"])
    for name in "ab":
        price, promo = effects.loc[(name, "price")], effects.loc[(name, "promo")]
        assert price["low"] < 12 < price["high"] and price["high"] - price["low"] < 2
        assert promo["low"] < -40 < promo["high"] and promo["high"] - promo["low"] < 10


def test_when_both_libraries_estimate_the_same_order_then_they_agree(past):
    one, other = BY_HAND.fit(past), CHOSEN.fit(past)
    columns = ["coefficient", "low", "high", "elasticity"]
    np.testing.assert_allclose(one.effects()[columns], other.effects()[columns], rtol=0.02)
    asked = future(past, 6, LEVELS)
    np.testing.assert_allclose(one.predict(asked).yhat, other.predict(asked).yhat, rtol=2e-3)
    np.testing.assert_allclose(one.predict(asked).quantiles[0.9], other.predict(asked).quantiles[0.9], rtol=5e-3)


@both
def test_when_drivers_go_through_a_state_then_the_same_bits(part, past):
    fitted, asked = part.fit(past), future(past, 5, LEVELS, lead=2)
    tree, arrays = fitted.state()
    again = part.from_state((json.loads(json.dumps(tree, allow_nan=False)), arrays))
    one, other = fitted.predict(asked), again.predict(asked)
    assert one.yhat.tobytes() == other.yhat.tobytes()
    assert all(one.quantiles[level].tobytes() == other.quantiles[level].tobytes() for level in LEVELS)
    pd.testing.assert_frame_equal(fitted.effects(), again.effects(), check_exact=True)


@both
def test_when_moved_on_then_the_coefficients_stay_and_the_errors_are_new(part, past):
    fitted = part.fit(cut(past, 12))
    moved = fitted.update(past)
    np.testing.assert_allclose(moved.effects()["coefficient"], fitted.effects()["coefficient"], rtol=1e-9)
    asked = future(past, 3)
    np.testing.assert_allclose(moved.predict(asked).yhat, part.fit(past).predict(asked).yhat, rtol=0.02)
    assert not moved.failures


@both
def test_when_the_drivers_are_missing_then_an_error_names_each(part, past):
    fitted = part.fit(past)
    asked = replace(future(past, 2), drivers={})
    with pytest.raises(DataError, match=r"driver\.flat.*\n.*driver\.price"):
        fitted.predict(asked)
    with pytest.raises(DataError, match=r"driver\.promo"):
        fitted.update(replace(past, grid=replace(past.grid, drivers={})))


@both
def test_when_there_are_more_drivers_than_periods_can_tell_then_the_series_is_listed(part, past):
    grid = past.grid
    draw = np.random.default_rng(0)
    many = {f"d{k}": draw.normal(size=(2, 10)) for k in range(6)}
    short = replace(past, grid=Grid(grid.ids, grid.ds[-10:], grid.values[:, -10:], many))
    assert "10 periods are too few for" in part.fit(short).failures["a"]


def test_when_the_search_does_not_converge_then_the_series_is_listed_with_the_reason(past):
    hasty = Sarimax((3, 1, 3), (0, 0, 0), "c", True, True, 1, 12)
    assert "none of three searches of 1 steps converged" in hasty.fit(past).failures["a"]


def test_when_a_series_never_changes_then_it_is_listed_and_the_other_answers(past):
    values = past.grid.values.copy()
    values[0] = 7.0
    fitted = BY_HAND.fit(replace(past, grid=replace(past.grid, values=values)))
    assert list(fitted.failures) == ["a"]
    assert np.isfinite(fitted.predict(future(past, 2)).yhat[1]).all()


def test_when_there_is_a_season_then_the_seasonal_order_uses_it():
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    draw = np.random.default_rng(5)
    y = 100 + 30 * np.sin(np.arange(96) * np.pi / 6) + draw.normal(size=96)
    ids = np.array(["a"])
    grid = Grid(ids, FREQ.after(pd.Timestamp("2010-12-31"), 96), y[None])
    past = History(grid, FREQ, 12, pd.DataFrame({"segment": "all"}, index=ids))
    answer = (
        Sarimax((0, 0, 0), (0, 1, 1), "n", True, True, 200, 12).fit(past).predict(Future(FREQ.after(past.cutoff, 6)))
    )
    model = SARIMAX(y, order=(0, 0, 0), seasonal_order=(0, 1, 1, 12)).fit(disp=0, maxiter=200)
    np.testing.assert_allclose(answer.yhat[0], model.forecast(6), rtol=1e-3)
