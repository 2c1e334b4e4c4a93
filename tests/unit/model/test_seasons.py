"""Seasons of one series, each believed as far as it came back; and which seasons a panel has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.model._seasons import detect, profile, unseasoned
from forecastlab.model.adjusted import Adjusted
from forecastlab.model.naive import Naive
from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.schema import Frequency, Future, Grid, History

HOURS = Frequency("h")
DAY = np.array([0.0, 0, 0, 0, 0, 0, 2, 4, 6, 7, 7, 8, 9, 8, 7, 6, 6, 7, 8, 6, 4, 2, 1, 0])
DAY = DAY - DAY.mean()
WEEK = np.repeat([0.0, 0, 0, 1, 2, -1, -2], 24)


def hourly(periods: int, *, seed: int, noise: float) -> np.ndarray:
    t = np.arange(periods)
    return 40 + DAY[t % 24] + WEEK[t % 168] + np.random.default_rng(seed).normal(0, noise, periods)


def history(values: np.ndarray, season: int, longer: tuple[int, ...] = ()) -> History:
    values = np.atleast_2d(values)
    ids = np.array([f"s{i}" for i in range(len(values))])
    static = pd.DataFrame({"level": "series", "segment": ""}, index=pd.Index(ids, name="unique_id"))
    ds = HOURS.after(pd.Timestamp("2024-01-01"), values.shape[1])
    return History(Grid(ids, ds, values), HOURS, season, static, None, longer)


def ahead(past: History, periods: int, lead: int = 1) -> Future:
    return Future(HOURS.after(past.cutoff, periods + lead - 1)[lead - 1 :], lead)


def test_when_every_cycle_is_the_same_then_the_season_is_the_cycle_less_its_mean() -> None:
    assert profile(np.tile([1.0, 5.0, 3.0, 7.0], 3), 4) == pytest.approx([-3, 1, -1, 3])


def test_when_a_line_runs_through_equal_cycles_then_the_season_is_free_of_it() -> None:
    z = np.tile([-3.0, 1.0, -1.0, 3.0], 4) + 0.5 * np.arange(16)
    assert profile(z, 4) == pytest.approx([-3, 1, -1, 3])


def test_when_there_are_not_two_whole_cycles_then_there_is_no_season() -> None:
    assert not profile(np.tile(DAY, 2)[:47], 24).any()


def test_when_cycles_only_differ_then_nothing_is_believed() -> None:
    first = np.array([1.0, -1.0, 1.0, -1.0])
    assert not profile(np.r_[first, -first, first, -first], 4).any()


def test_when_noise_lies_over_a_season_then_the_shrunken_profile_is_nearer_to_it_than_the_mean_of_cycles() -> None:
    z = np.tile(DAY, 4) + np.random.default_rng(5).normal(0, 6.0, 96)
    mean = z.reshape(4, 24).mean(axis=0)
    assert np.abs(profile(z, 24) - DAY).mean() < 0.8 * np.abs(mean - mean.mean() - DAY).mean()


def test_when_two_seasons_lie_over_each_other_then_both_come_out_and_go_back() -> None:
    y = hourly(24 * 7 * 4, seed=1, noise=0.2)
    apart = unseasoned(y[:-168], (24, 168))
    assert apart.rest.std() < 0.12 * y.std()
    told = apart.back(np.full(48, apart.rest.mean()), 1)
    assert np.abs(told - y[-168:-120]).mean() < 0.5
    assert apart.back(np.full(24, apart.rest.mean()), 25) == pytest.approx(told[24:])


def test_when_values_reach_zero_then_seasons_are_added_not_multiplied() -> None:
    y = np.maximum(hourly(24 * 14, seed=2, noise=0.1) - 38, 0)
    apart = unseasoned(y, (24,))
    assert not apart.log and np.isfinite(apart.rest).all()
    assert apart.back(apart.rest[-24:], 1) == pytest.approx(y[-24:], abs=1e-6)


@pytest.mark.parametrize("y", [np.zeros(400), np.full(400, 7.0), np.r_[np.zeros(399), 5.0], np.array([3.0])])
def test_when_there_is_nothing_to_see_then_the_rest_is_finite(y: np.ndarray) -> None:
    apart = unseasoned(y, (24, 168))
    assert np.isfinite(apart.rest).all() and np.isfinite(apart.back(np.ones(5), 1)).all()


def test_when_a_panel_has_a_day_and_a_week_then_both_are_found_without_being_named() -> None:
    values = np.array([hourly(24 * 7 * 5, seed=seed, noise=1.0) for seed in range(6)])
    assert detect(values, ()) == (24, 168)
    assert detect(values, (24, 168)) == (24, 168)


def test_when_a_panel_is_noise_or_empty_then_no_season_is_found() -> None:
    noise = np.random.default_rng(3).normal(50, 5, (8, 400)).cumsum(axis=1)
    assert detect(noise, (7, 365)) == ()
    assert detect(np.empty((0, 0)), (7,)) == () and detect(np.full((2, 5), np.nan), (7,)) == ()


def test_when_the_future_of_a_panel_changes_then_what_is_found_in_its_past_does_not() -> None:
    values = np.array([hourly(24 * 7 * 5, seed=seed, noise=1.0) for seed in range(3)])
    other = values.copy()
    other[:, 600:] = 1e9
    assert detect(other[:, :600], (24,)) == detect(values[:, :600], (24,))


def test_when_a_naive_method_is_adjusted_then_it_knows_the_day_and_the_week() -> None:
    y = hourly(24 * 7 * 4, seed=4, noise=0.2)
    past = history(y[:-48], 24, (168,))
    told = Adjusted(Naive(), 12).fit(past).predict(ahead(past, 48)).yhat[0]
    plain = SeasonalNaive().fit(past).predict(ahead(past, 48)).yhat[0]
    assert np.abs(told - y[-48:]).mean() < 0.5 * np.abs(plain - y[-48:]).mean()


@pytest.mark.parametrize(("season", "longer", "periods"), [(12, (), 60), (1, (), 60), (24, (), 47), (52, (), 103)])
def test_when_there_is_one_short_season_or_too_little_of_it_then_the_method_answers_itself(
    season: int, longer: tuple[int, ...], periods: int
) -> None:
    past = history(hourly(periods, seed=6, noise=1.0), season, longer)
    part = Adjusted(SeasonalNaive(), 12)
    assert part.chosen(past.seasons, periods) == SeasonalNaive()
    own, inner = part.fit(past), SeasonalNaive().fit(past)
    assert (own.predict(ahead(past, 5)).yhat == inner.predict(ahead(past, 5)).yhat).all()
    assert own.state()[0] == inner.state()[0]


def test_when_seasons_are_taken_out_then_a_stored_state_and_a_longer_past_answer_the_same() -> None:
    y = np.array([hourly(24 * 16, seed=seed, noise=1.0) for seed in (7, 8)])
    whole = history(y, 24, (168,))
    cut = replace(whole, grid=Grid(whole.grid.ids, whole.grid.ds[:-24], y[:, :-24]))
    part = Adjusted(SeasonalNaive(), 12)
    fitted = part.fit(cut)
    again = part.from_state(fitted.state())
    assert (again.predict(ahead(cut, 30)).yhat == fitted.predict(ahead(cut, 30)).yhat).all()
    moved, anew = fitted.update(whole), part.fit(whole)
    assert moved.predict(ahead(whole, 30, 3)).yhat == pytest.approx(anew.predict(ahead(whole, 30, 3)).yhat)


def test_when_a_series_starts_late_then_what_lies_before_stays_empty() -> None:
    y = np.array([hourly(24 * 16, seed=9, noise=1.0)] * 2)
    y[1, :300] = np.nan
    past = history(y, 24, (168,))
    assert np.isfinite(Adjusted(Naive(), 12).fit(past).predict(ahead(past, 10)).yhat).all()
