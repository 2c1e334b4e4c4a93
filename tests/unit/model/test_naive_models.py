"""The naive methods on numbers worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from forecastlab.model.naive import Naive
from forecastlab.model.naive2 import Naive2
from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.schema import Frequency, Future, Grid, History

FREQ = Frequency("Q")
PARTS = [Naive(), SeasonalNaive(), Naive2()]


def history(rows, season):
    values = np.array(rows, dtype=float)
    ids = np.array([f"s{i}" for i in range(len(values))])
    ds = FREQ.after(pd.Timestamp("2019-12-31"), values.shape[1])
    return History(Grid(ids, ds, values), FREQ, season, pd.DataFrame({"segment": "all"}, index=ids))


def future(past, steps, lead=1):
    return Future(FREQ.after(past.cutoff, lead - 1 + steps)[lead - 1 :], lead, ())


def test_when_naive_then_last_value_repeats():
    past = history([[1, 2, 3], [6, 5, 4]], 1)
    assert Naive().fit(past).predict(future(past, 2)).yhat.tolist() == [[3, 3], [4, 4]]


def test_when_seasonal_then_the_last_season_repeats():
    past = history([[9, 9, 9, 1, 2, 3, 4]], 4)
    assert SeasonalNaive().fit(past).predict(future(past, 6)).yhat.tolist() == [[1, 2, 3, 4, 1, 2]]


def test_when_there_is_a_gap_then_the_season_keeps_its_place():
    past = history([[1, 2, 3, 4]], 4)
    assert SeasonalNaive().fit(past).predict(future(past, 3, lead=3)).yhat.tolist() == [[3, 4, 1]]


def test_when_a_series_is_shorter_than_a_season_then_its_last_value_repeats():
    past = history([[np.nan, np.nan, 1, 2], [1, 2, 3, 4]], 4)
    assert SeasonalNaive().fit(past).predict(future(past, 4)).yhat.tolist() == [[2, 2, 2, 2], [1, 2, 3, 4]]
    short = history([[1, 2]], 4)
    assert SeasonalNaive().fit(short).predict(future(short, 3)).yhat.tolist() == [[2, 2, 2]]


def test_when_sales_are_a_line_times_a_season_then_naive2_keeps_the_season():
    season = np.array([0.5, 1.0, 1.0, 1.5])
    past = history([100 * np.tile(season, 5)], 4)
    np.testing.assert_allclose(Naive2().fit(past).predict(future(past, 5)).yhat, [[50, 100, 100, 150, 50]], rtol=1e-12)


def test_when_the_last_year_is_unfinished_then_naive2_goes_on_in_the_right_phase():
    season = np.array([0.5, 1.0, 1.0, 1.5])
    past = history([100 * np.tile(season, 5)[:-1]], 4)
    np.testing.assert_allclose(Naive2().fit(past).predict(future(past, 3)).yhat, [[150, 50, 100]], rtol=1e-12)


def test_when_no_season_is_significant_then_naive2_is_naive():
    past = history([[5, 7, 6, 5, 7, 5, 6, 6, 7, 5, 6, 7, 5]], 4)
    assert Naive2().fit(past).predict(future(past, 4)).yhat.tolist() == [[5, 5, 5, 5]]


def test_when_there_are_fewer_than_three_seasons_then_naive2_sees_none():
    past = history([[1, 2, 3, 9, 1, 2, 3, 9, 1, 2, 3]], 4)
    assert Naive2().fit(past).predict(future(past, 2)).yhat.tolist() == [[3, 3]]


def test_when_a_seasonal_series_falls_to_zero_then_naive2_still_answers():
    past = history([[0, 1, 0, 4] * 5, [0, 0, 0, 0] * 5], 4)
    assert np.isfinite(Naive2().fit(past).predict(future(past, 4)).yhat).all()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
@pytest.mark.parametrize("row", [[7.0], [0, 0, 0], [5, 5], [1, 2, 3], [0] * 20, [3] * 20], ids=str)
def test_when_a_series_is_short_constant_or_zero_then_the_answer_is_its_last_value(part, row):
    past = history([row], 4)
    fitted = part.fit(past)
    expected = row[0] if isinstance(part, SeasonalNaive) and len(set(row)) == 1 else row[-1]
    assert fitted.predict(future(past, 3)).yhat.tolist() == [[expected] * 3]
    assert not fitted.failures


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_when_a_series_was_never_observed_then_it_alone_fails(part):
    past = history([[1, 2, 3], [np.nan] * 3], 1)
    fitted = part.fit(past)
    assert fitted.failures == {"s1": "no observation"}
    assert fitted.predict(future(past, 1)).yhat[0].tolist() == [3]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_when_the_state_went_through_json_then_the_forecast_is_the_same(part):
    past = history([[1, 2, 3, 9, 1, 2, 3, 9, 1, 2, 3, 9, 1.1], [np.nan] * 12 + [0.1]], 4)
    fitted = part.fit(past)
    tree, arrays = fitted.state()
    again = part.from_state((json.loads(json.dumps(tree, allow_nan=False)), arrays))
    asked = future(past, 5)
    assert again.predict(asked).yhat.tobytes() == fitted.predict(asked).yhat.tobytes()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_when_updated_then_as_if_fitted_on_the_longer_history(part):
    long = history([[1, 2, 3, 9, 1, 2, 3, 9, 1, 2, 3, 9, 1, 5]], 4)
    short = History(Grid(long.grid.ids, long.grid.ds[:-2], long.grid.values[:, :-2]), FREQ, 4, long.static)
    asked = future(long, 5)
    np.testing.assert_array_equal(part.fit(short).update(long).predict(asked).yhat, part.fit(long).predict(asked).yhat)
