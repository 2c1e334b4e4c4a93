"""The test of a mean difference over origins, against other code and hand computations."""

import math

import numpy as np
import pytest
from scipy import stats

from forecastlab.stages.paired import difference, enough, holm


def test_when_horizons_do_not_overlap_then_it_is_the_paired_t_test() -> None:
    values = np.random.default_rng(0).normal(0.3, 1, 12)
    found = difference(values, 0, 0.05)
    reference = stats.ttest_1samp(values, 0)
    assert found.p == pytest.approx(reference.pvalue, rel=1e-9)
    low, high = reference.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert (found.mean, found.n) == (pytest.approx(values.mean()), 12)


def test_when_horizons_overlap_then_the_statistic_is_that_of_harvey_leybourne_and_newbold() -> None:
    # Eight differences with mean 3; deviations -2 -1 0 1 2 1 0 -1.
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0])
    gamma_0 = (4 + 1 + 0 + 1 + 4 + 1 + 0 + 1) / 8
    gamma_1 = (2 + 0 + 0 + 2 + 2 + 0 + 0) / 8
    variance = (gamma_0 + 2 * gamma_1) / 8
    correction = math.sqrt((8 + 1 - 2 * 2 + 2 * 1 / 8) / 8)
    statistic = correction * 3 / math.sqrt(variance)
    found = difference(values, 1, 0.05)
    # our own departure: 7 / 2 degrees of freedom in place of 7
    assert found.p == pytest.approx(2 * stats.t.sf(statistic, 3.5), rel=1e-9)
    assert found.high - found.low == pytest.approx(2 * stats.t.ppf(0.975, 3.5) * 3 / statistic, rel=1e-9)


def test_when_neighbours_swing_against_each_other_then_the_variance_stays_that_without_overlap() -> None:
    swinging = np.array([1.0, -1.0, 1.2, -0.8, 1.1, -0.9, 0.9, -1.1])
    variance = swinging.var() / 8
    correction = (8 + 1 - 4 + 2 / 8) / 8
    found = difference(swinging, 1, 0.05)
    reach = stats.t.ppf(0.975, 3.5) * math.sqrt(variance / correction)
    assert found.high - found.mean == pytest.approx(reach, rel=1e-9)


@pytest.mark.parametrize(("n", "overlap", "is_enough"), [(2, 0, False), (3, 0, True), (3, 1, False), (4, 1, True)])
def test_when_origins_are_few_then_nothing_is_said_about_luck(n: int, overlap: int, is_enough: bool) -> None:
    assert enough(n, overlap) is is_enough
    found = difference(np.arange(n) + 1.0, overlap, 0.05)
    assert math.isnan(found.p) is not is_enough
    assert math.isnan(found.low) is not is_enough
    assert found.mean == (n + 1) / 2


def test_when_there_are_no_origins_then_even_the_mean_is_unknown() -> None:
    assert math.isnan(difference(np.array([]), 0, 0.05).mean)


def test_when_all_differences_are_nothing_then_it_is_a_tie_with_an_interval_of_nothing() -> None:
    found = difference(np.zeros(5), 1, 0.05)
    assert (found.mean, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_when_all_differences_are_the_same_then_there_is_no_doubt() -> None:
    found = difference(np.full(5, 0.1), 0, 0.05)
    assert (found.p, found.low) == (0, found.mean)


def test_when_alpha_is_smaller_then_the_interval_is_wider() -> None:
    values = np.random.default_rng(1).normal(size=10)
    assert difference(values, 1, 0.01).low < difference(values, 1, 0.1).low


def test_when_methods_are_equal_then_few_are_called_different() -> None:
    """Type-I error at 5 %: exact without overlap, at most 10 % with it (the uncorrected test has up to 20 %)."""
    rng = np.random.default_rng(7)
    for n, overlap, low, high in ((8, 0, 0.03, 0.075), (8, 1, 0.0, 0.08), (12, 3, 0.0, 0.1), (24, 7, 0.0, 0.11)):
        noise = rng.normal(size=(600, n + overlap))
        kernel = np.ones(overlap + 1)
        wrong = np.mean([difference(np.convolve(row, kernel, "valid"), overlap, 0.05).p < 0.05 for row in noise])
        assert low <= wrong <= high, (n, overlap)


def test_when_a_method_is_much_better_then_it_is_seen() -> None:
    rng = np.random.default_rng(8)
    seen = np.mean([difference(rng.normal(2, 1, 8), 1, 0.05).p < 0.05 for _ in range(200)])
    assert seen > 0.8


def test_when_many_are_compared_then_holm_steps_down_and_never_turns_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])
    assert holm([]) == []


def test_when_a_comparison_says_nothing_then_it_does_not_count_as_one() -> None:
    adjusted = holm([math.nan, 0.01, 0.04])
    assert math.isnan(adjusted[0])
    assert adjusted[1:] == pytest.approx([0.02, 0.04])
