"""Series made alike and cut into windows: numbers worked out by hand."""

import numpy as np
import pytest

from forecastlab.model._windows import FURTHEST, Flat, flatten, lessons, look


def plain(*z):
    return Flat(np.array(z, dtype=float), False, 1.0, np.ones(1))


def test_when_a_series_is_well_above_zero_then_it_is_put_in_logarithms_and_comes_back():
    flat = flatten(np.array([1.0, 2.0, 4.0]), 1)
    np.testing.assert_allclose(flat.z, [0, np.log(2), np.log(4)])
    np.testing.assert_allclose(flat.back(np.log([8.0, 16.0])), [8, 16])


def test_when_a_series_touches_zero_then_it_is_divided_by_its_mean_size_and_comes_back():
    flat = flatten(np.array([0.0, 2.0, 4.0]), 1)
    np.testing.assert_allclose(flat.z, [0, 1, 2])
    np.testing.assert_allclose(flat.back(np.array([3.0])), [6])


def test_when_a_series_never_sold_then_it_stays_zero():
    flat = flatten(np.zeros(5), 1)
    assert not flat.log
    np.testing.assert_array_equal(flat.back(np.zeros(2)), [0, 0])


def test_when_a_series_has_a_season_then_it_is_taken_out_and_put_back_in_its_place():
    season = np.array([0.5, 1.5, 1.2, 0.8])
    y = 100 * np.tile(season, 6)[:-1]  # the next period is the fourth of its year
    flat = flatten(y, 4)
    np.testing.assert_allclose(flat.z, np.log(100), atol=1e-12)
    np.testing.assert_allclose(flat.back(np.full(5, np.log(100))), [80, 50, 150, 120, 80])


def test_when_a_series_is_looked_at_then_its_window_is_seen_from_its_last_value_in_usual_moves():
    seen = look(np.array([1.0, 3.0, 2.0, 6.0]), 3)
    # after four: the steps of the window are 1 and 4, those of all the past 2, 1 and 4
    move = (2.5 + 7 / 3) / 2 + 1e-6
    np.testing.assert_allclose(seen.move[-1], move)
    np.testing.assert_allclose(seen.x[-1], [(3 - 6) / move, (2 - 6) / move, np.log(move)])


def test_when_the_window_reaches_before_the_start_then_what_is_not_known_is_missing():
    seen = look(np.array([1.0, 3.0]), 3)
    assert np.isnan(seen.x[0, :2]).all() and np.isnan(seen.x[1, 0])
    np.testing.assert_allclose(seen.x[1, 1], -2 / (2 + 1e-6))


def test_when_a_series_is_cut_then_a_window_knows_nothing_of_what_came_after_it():
    z = np.array([1.0, 3.0, 2.0, 6.0, 5.0, 9.0])
    after = look(np.r_[z[:4], -100, 100], 3)
    np.testing.assert_array_equal(look(z, 3).x[:4], after.x[:4])


def test_when_lessons_are_made_then_only_windows_followed_by_a_whole_block_teach():
    found = lessons([plain(0, 1, 0, 1, 0, 2)], width=2, block=2, most=9)
    # the only window of at least four periods that two periods follow ends at the fourth, where the usual move is 1
    assert found.x.shape == (1, 2)
    np.testing.assert_allclose(found.y, [[-1, 1]], rtol=1e-5)


def test_when_more_windows_are_there_than_wanted_then_the_latest_teach():
    z = np.arange(10.0) ** 2
    every, latest = (lessons([plain(*z)], width=2, block=1, most=most) for most in (99, 2))
    assert len(every.x) == 6
    np.testing.assert_array_equal(latest.y, every.y[-2:])


def test_when_a_series_jumps_then_what_it_teaches_is_bounded():
    found = lessons([plain(0, 1, 0, 1, 1000)], width=2, block=1, most=1)
    np.testing.assert_array_equal(found.y, [[FURTHEST]])


def test_when_series_have_unlike_numbers_of_windows_then_each_counts_by_the_root_of_them():
    one, four = plain(0, 1, 0, 1, 0), plain(0, 1, 0, 1, 0, 1, 0, 1)
    found = lessons([one, four], width=2, block=1, most=9)
    sums = found.weight[0], found.weight[1:].sum()
    assert sums[1] / sums[0] == pytest.approx(2)
