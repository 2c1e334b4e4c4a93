"""Theta, ETS and ARIMA: each series by itself, and what one of them cannot do stays with it."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.model.arima import Arima
from forecastlab.model.ets import Ets
from forecastlab.model.theta import Theta
from forecastlab.schema import Frequency, Future, Grid, History

FREQ = Frequency("W-SUN")
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
PARTS = [
    Theta("standard", "multiplicative"),
    Ets("ZZZ", None, 24, "move"),
    Arima(1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 5, "aicc", True, False, 12, "move"),
]
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)


def history(values, season=1, first="2020-01-05"):
    ids = np.array([f"s{i}" for i in range(len(values))])
    ds = FREQ.after(pd.Timestamp(first), values.shape[1])
    return History(Grid(ids, ds, values), FREQ, season, pd.DataFrame({"segment": "all"}, index=ids))


def cut(past, periods):
    """The same history without its last periods."""
    grid = past.grid
    return History(Grid(grid.ids, grid.ds[:-periods], grid.values[:, :-periods]), FREQ, past.season, past.static)


def future(past, steps, lead=1, levels=()):
    return Future(FREQ.after(past.cutoff, lead - 1 + steps)[lead - 1 :], lead, levels)


@pytest.fixture(scope="module")
def panel():
    draw = np.random.default_rng(5)
    t = np.arange(40)
    values = 100 + t + 10 * np.sin(t * np.pi / 2) + draw.normal(size=(4, 40)) * 4
    values[1, :20] = np.nan
    values[2] = 7.0
    values[3, :38] = np.nan
    return history(values, season=4)


@every_part
def test_when_one_series_is_hopeless_then_the_others_answer(part, panel):
    values = panel.grid.values.copy()
    values[0] = np.nan
    fitted = part.fit(history(values, 4))
    answer = fitted.predict(future(panel, 3)).yhat
    assert "0 periods" in fitted.failures["s0"]
    assert np.isnan(answer[0]).all()
    assert np.isfinite(answer[[1, 2]]).all()
    np.testing.assert_array_equal(np.isnan(answer).all(axis=1), [name in fitted.failures for name in panel.grid.ids])


@every_part
def test_when_series_change_places_then_forecasts_move_with_them(part, panel):
    order = np.array([2, 0, 3, 1])
    asked = future(panel, 5, levels=LEVELS)
    straight, shuffled = part.fit(panel).predict(asked), part.fit(panel.take(order)).predict(asked)
    assert shuffled.ids.tolist() == panel.grid.ids[order].tolist()
    assert shuffled.yhat.tobytes() == straight.yhat[order].tobytes()
    assert shuffled.quantiles[0.9].tobytes() == straight.quantiles[0.9][order].tobytes()


@every_part
def test_when_there_is_a_gap_then_only_the_later_steps_are_returned(part, panel):
    fitted = part.fit(panel)
    straight, gapped = fitted.predict(future(panel, 6, levels=LEVELS)), fitted.predict(future(panel, 4, 3, LEVELS))
    np.testing.assert_array_equal(gapped.yhat, straight.yhat[:, 2:])
    if not isinstance(part, Theta):  # its quantiles are simulated along the way and depend on the draw only
        np.testing.assert_array_equal(gapped.quantiles[0.1], straight.quantiles[0.1][:, 2:])


@every_part
def test_when_levels_are_asked_then_quantiles_are_ordered_around_the_mean(part, panel):
    answer = part.fit(panel).predict(future(panel, 4, levels=LEVELS[::-1]))
    assert sorted(answer.quantiles) == sorted(LEVELS)
    stacked = np.array([answer.quantiles[level][:3] for level in LEVELS])
    assert (np.diff(stacked, axis=0) >= 0).all()
    assert (stacked[0, 0] < answer.yhat[0]).all()
    assert (answer.yhat[0] < stacked[-1, 0]).all()


@every_part
def test_when_no_levels_are_asked_then_there_are_no_quantiles(part, panel):
    assert not part.fit(panel).predict(future(panel, 2)).quantiles


@every_part
def test_when_the_state_went_through_json_then_forecasts_are_bit_equal(part, panel):
    fitted = part.fit(panel)
    tree, arrays = fitted.state()
    again = part.from_state((json.loads(json.dumps(tree, allow_nan=False)), arrays))
    asked = future(panel, 7, levels=LEVELS)
    first, second = fitted.predict(asked), again.predict(asked)
    assert first.yhat.tobytes() == second.yhat.tobytes()
    assert all(first.quantiles[level].tobytes() == second.quantiles[level].tobytes() for level in LEVELS)
    assert again.failures == fitted.failures


@every_part
def test_when_the_state_moves_on_then_as_if_it_had_never_been_stored(part, panel):
    fitted = part.fit(cut(panel, 3))
    asked = future(panel, 3)
    stored = part.from_state(fitted.state()).update(panel).predict(asked)
    assert stored.yhat.tobytes() == fitted.update(panel).predict(asked).yhat.tobytes()


@every_part
def test_when_updated_with_the_same_history_then_nothing_changes(part, panel):
    fitted, asked = part.fit(panel), future(panel, 3)
    np.testing.assert_allclose(fitted.update(panel).predict(asked).yhat, fitted.predict(asked).yhat, rtol=1e-6)


@every_part
def test_when_updated_then_new_values_count_but_parameters_stay(part, panel):
    moved = part.fit(cut(panel, 5)).update(panel)
    asked = future(panel, 3)
    assert not np.array_equal(moved.predict(asked).yhat[0], part.fit(panel).predict(asked).yhat[0])
    # the level has followed: the forecast starts from where the series is now, not from five periods ago
    assert abs(moved.predict(asked).yhat[0].mean() - panel.grid.values[0, -4:].mean()) < 15
    assert moved.predict(asked).yhat.shape == (4, 3)


@every_part
def test_when_the_window_slides_then_the_season_keeps_its_phase(part, panel):
    old = cut(panel, 2)
    grid = panel.grid
    slid = History(Grid(grid.ids, grid.ds[2:], grid.values[:, 2:]), FREQ, 4, panel.static)
    fitted, asked = part.fit(old), future(panel, 4)
    np.testing.assert_array_equal(fitted.update(slid).predict(asked).yhat, fitted.update(panel).predict(asked).yhat)


@every_part
def test_when_a_series_gets_long_enough_then_the_update_fits_it(part, panel):
    values = panel.grid.values.copy()
    values[3, :30] = np.nan
    values[3, 30:] = 50 + np.arange(10.0)
    long = history(values, 4)
    fitted = part.fit(cut(long, 9)).update(long)
    assert "s3" not in fitted.failures
    assert np.isfinite(fitted.predict(future(long, 2)).yhat[3]).all()


@every_part
def test_when_pickled_then_forecasts_are_the_same(part, panel):
    fitted, asked = part.fit(panel), future(panel, 2)
    again = pickle.loads(pickle.dumps(fitted))
    assert again.predict(asked).yhat.tobytes() == fitted.predict(asked).yhat.tobytes()


@pytest.mark.parametrize("part", PARTS[1:], ids=lambda part: type(part).__name__)
def test_when_the_season_is_longer_than_allowed_then_there_is_none(part, panel):
    yearly = History(panel.grid, FREQ, 52, panel.static)
    plain = History(panel.grid, FREQ, 1, panel.static)
    asked = future(panel, 3)
    np.testing.assert_array_equal(part.fit(yearly).predict(asked).yhat, part.fit(plain).predict(asked).yhat)


@every_part
@pytest.mark.parametrize("value", [0.0, 7.0])
def test_when_sales_never_change_then_neither_do_forecasts(part, value):
    past = history(np.full((1, 20), value))
    answer = part.fit(past).predict(future(past, 3, levels=(0.1, 0.9)))
    np.testing.assert_allclose(answer.yhat, value, atol=1e-9)
    np.testing.assert_allclose(answer.quantiles[0.9], value, atol=1e-3)


def test_when_a_forecast_breaks_after_the_fit_then_only_its_row_is_lost(panel, caplog):
    fitted = PARTS[1].fit(panel)
    broken = replace(fitted, models=(None, {}, *fitted.models[2:]), failures={})
    answer = broken.predict(future(panel, 2)).yhat
    assert np.isnan(answer[1]).all()
    assert np.isfinite(answer[2]).all()
    assert "series 1 of 4 has no forecast" in caplog.text


def test_when_arima_estimates_between_then_the_order_stays_and_the_library_gives_the_same_coefficients(panel):
    from statsforecast.models import ARIMA

    part = replace(PARTS[2], between="estimate", max_q=2, start_q=1, max_P=1, start_P=1)
    early = part.fit(cut(panel, 6))
    later = early.update(panel)
    p, q, sp, sq, season, d, sd = early.models[0]["arma"]
    assert later.models[0]["arma"] == early.models[0]["arma"]
    drift = "drift" in early.models[0]["coef"]
    ours = ARIMA(
        (p, d, q), season, (sp, sd, sq), include_mean="intercept" in early.models[0]["coef"], include_drift=drift
    )
    own = ours.fit(panel.grid.values[0])
    assert later.models[0]["coef"] == own.model_["coef"] != early.models[0]["coef"]
    np.testing.assert_array_equal(later.predict(future(panel, 3)).yhat[0], own.predict(3)["mean"])


def test_when_ets_estimates_between_then_components_stay_and_numbers_are_the_librarys(panel):
    from statsforecast.models import AutoETS

    part = replace(PARTS[1], between="estimate")
    early = part.fit(cut(panel, 6))
    later = early.update(panel)
    components = early.models[0]["components"]
    assert later.models[0]["components"] == components
    own = AutoETS(season_length=4, model=components[:3], damped=components[3] == "D").fit(panel.grid.values[0])
    np.testing.assert_array_equal(later.predict(future(panel, 3)).yhat[0], own.predict(3)["mean"])
    assert later.models[0]["par"].tolist() != early.models[0]["par"].tolist()


@pytest.mark.parametrize("part", [replace(part, between="estimate") for part in PARTS[1:]], ids=["ets", "arima"])
def test_when_estimated_between_then_its_state_moves_on_as_if_never_stored(part, panel):
    fitted, asked = part.fit(cut(panel, 3)), future(panel, 3)
    stored = part.from_state(fitted.update(panel).state()).predict(asked)
    assert stored.yhat.tobytes() == part.from_state(fitted.state()).update(panel).predict(asked).yhat.tobytes()
