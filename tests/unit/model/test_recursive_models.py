"""Regressions: the recursion against a slow loop by hand, pooling, short series, state."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.feature.calendar import Calendar
from forecastlab.feature.lags import Lags
from forecastlab.feature.trend import Trend
from forecastlab.model.regression import Regression
from forecastlab.model.xgboost import Xgboost
from forecastlab.schema import ConfigError, Frequency, Future, Grid, History

FREQ = Frequency("W-SUN")


def history(values, segments=None):
    values = np.array(values, dtype=float)
    ids = np.array([f"s{i}" for i in range(len(values))])
    static = pd.DataFrame({"segment": segments or ["all"] * len(values)}, index=pd.Index(ids, name="unique_id"))
    return History(Grid(ids, FREQ.after(pd.Timestamp("2020-01-05"), values.shape[1]), values), FREQ, 1, static)


def future(past, steps, lead=1):
    return Future(FREQ.after(past.cutoff, lead - 1 + steps)[lead - 1 :], lead, (0.1, 0.9))


def regression(lags=(1, 2), means=(), fit_by=(), statics=("segment",), target="level", ridge=0.0):
    return Regression({"lags": Lags(list(lags), list(means))}, list(fit_by), list(statics), target, ridge)


def xgboost(fit_by=(), target="level", objective="squared", statics=("segment",)):
    features = {"lags": Lags([1, 2, 4], [3]), "calendar": Calendar(1, 0)}
    return Xgboost(features, list(fit_by), list(statics), target, objective, 8, 0.3, 3, 1.0, 1.0, 1.0, 0.0, 1.0, 7)


PARTS = [regression(target="change", ridge=1.0), xgboost(target="change")]
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)


@pytest.fixture(scope="module")
def panel():
    draw = np.random.default_rng(3)
    size = np.array([[10.0], [100.0], [1000.0], [5.0]])
    values = size * (2 + np.sin(np.arange(56) / 3) + 0.2 * draw.normal(size=(4, 56)))
    values[3, :12] = np.nan
    return history(values, ["a", "a", "b", "b"])


def test_when_sales_double_each_period_then_regression_finds_the_rule():
    past = history([2.0 ** np.arange(12)])
    answer = regression(lags=(1,)).fit(past).predict(future(past, 3)).yhat
    np.testing.assert_allclose(answer, [[4096, 8192, 16384]], rtol=1e-9)


def test_when_sales_follow_two_lags_then_regression_goes_on_exactly():
    y = [1.0, 1.0]
    for _ in range(18):
        y.append(1.5 * y[-1] - 0.8 * y[-2] + 0.4)
    more = list(y)
    for _ in range(4):
        more.append(1.5 * more[-1] - 0.8 * more[-2] + 0.4)
    past = history([y])
    np.testing.assert_allclose(regression().fit(past).predict(future(past, 4)).yhat[0], more[20:], rtol=1e-7)


def test_when_there_is_a_straight_line_then_the_trend_column_follows_it():
    past = history([50 + 3.0 * np.arange(30)])
    part = Regression({"trend": Trend()}, [], [], "level", 0.0)
    np.testing.assert_allclose(part.fit(past).predict(future(past, 2)).yhat, [[140, 143]], rtol=1e-9)


@pytest.mark.parametrize("target", ["level", "change"])
@pytest.mark.parametrize("make", [regression, xgboost], ids=["regression", "xgboost"])
def test_when_forecast_in_one_go_then_as_by_a_slow_loop_over_series_and_steps(make, target, panel):
    fitted = make(target=target, fit_by=["segment"]).fit(panel)
    answer = fitted.predict(future(panel, 6)).yhat
    coming = future(panel, 6).ds
    for i in range(4):
        known = panel.grid.series(i)
        scale = np.abs(known).mean()
        y = list(known / scale)
        for step in range(6):
            row = {"lag1": y[-1], "lag2": y[-2]}
            if make is xgboost:
                turn = 2 * np.pi * coming[step].dayofyear / 365.25
                row |= {"lag4": y[-4], "mean3": np.mean([y[-1], y[-2], y[-3]])}
                row |= {"sin": np.sin(turn), "cos": np.cos(turn)}
            value = fitted.rules[fitted.group[i]].predict(np.array([list(row.values())]))[0]
            y.append(value + (y[-1] if target == "change" else 0))
        np.testing.assert_allclose(answer[i], np.array(y[-6:]) * scale, rtol=1e-6)


@every_part
def test_when_there_is_a_gap_then_only_the_later_steps_are_returned(part, panel):
    fitted = part.fit(panel)
    straight, gapped = fitted.predict(future(panel, 6)), fitted.predict(future(panel, 4, lead=3))
    assert gapped.yhat.tobytes() == straight.yhat[:, 2:].tobytes()
    assert not gapped.quantiles


@every_part
def test_when_series_are_a_thousand_times_as_big_then_so_are_forecasts(part, panel):
    big = history(panel.grid.values * 1024, ["a", "a", "b", "b"])
    asked = future(panel, 3)
    np.testing.assert_allclose(part.fit(big).predict(asked).yhat, 1024 * part.fit(panel).predict(asked).yhat, rtol=1e-6)


@pytest.mark.parametrize("make", [regression, xgboost], ids=["regression", "xgboost"])
def test_when_fitted_by_segment_then_other_segments_do_not_matter(make, panel):
    part, asked = make(fit_by=["segment"]), future(panel, 3)
    both, alone = part.fit(panel), part.fit(panel.take([2, 3]))
    np.testing.assert_allclose(both.predict(asked).yhat[2:], alone.predict(asked).yhat, rtol=1e-9)
    assert len(both.rules) == 2


@pytest.mark.parametrize("make", [regression, xgboost], ids=["regression", "xgboost"])
def test_when_fitted_by_series_then_local_and_the_others_change_no_bit(make, panel):
    part, asked = make(fit_by=["unique_id"]), future(panel, 3)
    assert part.local
    assert not make().local
    assert part.fit(panel).predict(asked).yhat[[1]].tobytes() == part.fit(panel.take([1])).predict(asked).yhat.tobytes()


def test_when_segments_differ_in_kind_then_the_static_column_tells_them_apart():
    draw = np.random.default_rng(0)
    rising, flat = np.cumsum(1 + 0.01 * draw.normal(size=(2, 20)), axis=1), 10 + 0.01 * draw.normal(size=(2, 20))
    past = history(np.vstack([rising, flat]), ["up", "up", "flat", "flat"])
    features = {"lags": Lags([1], [])}
    told = Regression(features, [], ["segment"], "change", 0.0).fit(past).predict(future(past, 1)).yhat
    blind = Regression(features, [], [], "change", 0.0).fit(past).predict(future(past, 1)).yhat
    steps = past.grid.values[:, -1:]
    assert np.abs(told - steps)[2:].max() < np.abs(blind - steps)[2:].max()
    assert (told - steps)[:2].min() > 0.8


@every_part
def test_when_series_are_short_then_they_still_get_a_forecast(part, panel):
    values = panel.grid.values.copy()
    values[3, :55] = np.nan
    values[2, :54] = np.nan
    past = history(values, ["a", "a", "b", "b"])
    fitted = part.fit(past)
    assert not fitted.failures
    assert np.isfinite(fitted.predict(future(past, 3)).yhat).all()


@every_part
@pytest.mark.parametrize("value", [0.0, 7.0])
def test_when_sales_never_change_then_neither_do_forecasts(part, value):
    past = history(np.full((2, 12), value))
    np.testing.assert_allclose(part.fit(past).predict(future(past, 3)).yhat, value, atol=1e-5)


@pytest.mark.parametrize("make", [regression, xgboost], ids=["regression", "xgboost"])
def test_when_a_group_has_nothing_to_learn_from_then_it_alone_fails(make, panel):
    values = panel.grid.values.copy()
    values[0] = np.nan
    values[3, :55] = np.nan
    past = history(values, ["a", "a", "b", "b"])
    fitted = make(fit_by=["unique_id"]).fit(past)
    answer = fitted.predict(future(past, 2)).yhat
    assert fitted.failures == {"s0": "no observation", "s3": "no period with a past to learn from"}
    assert np.isnan(answer[[0, 3]]).all()
    assert np.isfinite(answer[[1, 2]]).all()


def test_when_the_learner_breaks_for_a_group_then_the_reason_is_kept(panel):
    values = panel.grid.values.copy()
    values[2, 5] = -1e6  # tweedie takes no negative values
    past = history(values, ["a", "a", "b", "b"])
    fitted = xgboost(fit_by=["segment"], objective="tweedie").fit(past)
    assert sorted(fitted.failures) == ["s2", "s3"]
    assert "XGBoostError" in fitted.failures["s2"]
    assert np.isfinite(fitted.predict(future(past, 1)).yhat[:2]).all()


@every_part
def test_when_the_state_went_through_json_then_forecasts_are_bit_equal(part, panel):
    fitted, asked = part.fit(panel), future(panel, 5)
    tree, arrays = fitted.state()
    again = part.from_state((json.loads(json.dumps(tree, allow_nan=False)), arrays))
    assert again.predict(asked).yhat.tobytes() == fitted.predict(asked).yhat.tobytes()
    assert pickle.loads(pickle.dumps(fitted)).predict(asked).yhat.tobytes() == fitted.predict(asked).yhat.tobytes()


@every_part
def test_when_fitted_twice_then_the_same_bits(part, panel):
    asked = future(panel, 5)
    assert part.fit(panel).predict(asked).yhat.tobytes() == part.fit(panel).predict(asked).yhat.tobytes()


@every_part
def test_when_updated_then_the_old_rule_reads_the_new_past(part, panel):
    grid = panel.grid
    short = History(Grid(grid.ids, grid.ds[:-4], grid.values[:, :-4]), FREQ, 1, panel.static)
    fitted = part.fit(short)
    moved = fitted.update(panel)
    assert moved.rules is fitted.rules
    np.testing.assert_array_equal(moved.predict(future(panel, 2)).ds, future(panel, 2).ds)
    swapped = replace(part.fit(panel), rules=fitted.rules)
    asked = future(panel, 3)
    assert moved.predict(asked).yhat.tobytes() == swapped.predict(asked).yhat.tobytes()


@pytest.mark.parametrize("key", ["fit_by", "statics"])
def test_when_a_column_is_unknown_then_the_error_names_key_and_columns(key, panel):
    with pytest.raises(
        ConfigError, match=rf"model\.{key}: found 'segmnt', .*unique_id, segment.* did you mean segment"
    ):
        regression(**{key: ["segmnt"]}).fit(panel)


def test_when_tweedie_should_foretell_a_change_then_an_error(panel):
    with pytest.raises(ConfigError, match="tweedie needs a target without negative values"):
        xgboost(target="change", objective="tweedie").fit(panel)


def test_when_fit_by_two_columns_then_one_rule_per_pair(panel):
    assert len(regression(fit_by=["segment", "unique_id"]).fit(panel).rules) == 4


def test_when_the_forecast_completes_the_first_year_then_the_rule_is_asked_what_it_learned(panel):
    short = panel.take([0, 1])
    grid = Grid(short.grid.ids, short.grid.ds[:-6], short.grid.values[:, :-6])
    past = History(grid, FREQ, 1, short.static)
    part = Regression({"lags": Lags([1], []), "calendar": Calendar(1, 0)}, [], [], "level", 1.0)
    bare = Regression({"lags": Lags([1], [])}, [], [], "level", 1.0)
    asked = future(past, 8)
    np.testing.assert_array_equal(part.fit(past).predict(asked).yhat, bare.fit(past).predict(asked).yhat)
    # the rule of the shorter history still holds when the longer one has waves to offer
    moved = part.fit(past).update(short).predict(future(short, 2))
    np.testing.assert_array_equal(moved.yhat, bare.fit(past).update(short).predict(future(short, 2)).yhat)
