"""Curves of uplift against numbers computed by hand and against those that scikit-uplift publishes in its tests."""

import numpy as np
import pytest

from forecastlab.uplift.bootstrap import intervals
from forecastlab.uplift.curves import effect, judge, ordered, top


def array(*values):
    return np.array(values, dtype=float)


# Six customers in the order of their score. Reacted: a (approached), b (held out), d (approached), f (held out).
SCORE = array(0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
TREATED = array(1, 0, 1, 1, 0, 0)
Y = array(1, 1, 0, 1, 0, 1)


def test_when_customers_are_added_one_by_one_then_the_curves_are_those_computed_by_hand():
    sums = ordered(SCORE).sums(Y, TREATED, np.ones(6))
    # after a: 1 of 1 approached reacted, nobody held out → 1; b: 1 - 1 × 1/1 = 0; c: 1 - 1 × 2/1 = -1;
    # d: 2 - 1 × 3/1 = -1; e: 2 - 1 × 3/2 = 0.5; f: 2 - 2 × 3/3 = 0.
    np.testing.assert_allclose(sums.qini, [0, 1, 0, -1, -1, 0.5, 0])
    # rates: 1 - 0 → × 1; 1 - 1 → 0; 1/2 - 1 → × 3; 2/3 - 1 → × 4; 2/3 - 1/2 → × 5; 2/3 - 2/3 → 0.
    np.testing.assert_allclose(sums.uplift, [0, 1, 0, -1.5, -4 / 3, 5 / 6, 0])


def test_when_the_area_is_held_against_hindsight_then_it_is_the_qini_coefficient_computed_by_hand():
    # Actual: trapezoids of 0 1 0 -1 -1 .5 0 = .5 + .5 - .5 - 1 - .25 + .25 = -.5. Hindsight: a d (1, 2), then c e
    # together (after them 2 - 0 = 2), then b f together: 0 1 2 | n=4: 2 | n=6: 0 = .5·... = 1+... by trapezoids:
    # a and d are one step (equal): (0+2)/2·2 = 2; c and e: 2·2 = 4; b and f: (2+0)/2·2 = 2; together 8.
    assert judge(Y, TREATED, SCORE).qini(np.ones(6)) == pytest.approx(-0.5 / 8)


def test_when_scores_are_equal_then_customers_count_together_whatever_their_order():
    equal = np.zeros(6)
    found = judge(Y, TREATED, equal)
    assert found.qini(np.ones(6)) == found.auuc(np.ones(6)) == 0
    turned = judge(Y[::-1].copy(), TREATED[::-1].copy(), array(1, 1, 1, 2, 2, 2)).qini(np.ones(6))
    assert turned == judge(Y, TREATED, array(2, 2, 2, 1, 1, 1)).qini(np.ones(6))


def test_when_a_customer_counts_twice_then_it_is_as_if_it_stood_there_twice():
    weight = array(2, 1, 3, 1, 0, 1)
    rows = np.repeat(np.arange(6), weight.astype(int))
    weighted, repeated = judge(Y, TREATED, SCORE), judge(Y[rows], TREATED[rows], SCORE[rows])
    ones = np.ones(len(rows))
    assert weighted.qini(weight) == pytest.approx(repeated.qini(ones))
    assert weighted.auuc(weight) == pytest.approx(repeated.auuc(ones))


# sklift/tests/test_metrics.py of scikit-uplift 0.5 (test_qini_auc_score, test_uplift_auc_score): y, uplift, treatment.
PUBLISHED = [
    ("qini", (1, 1), (0.1, 0.3), (0, 1), 1.0),
    ("qini", (1, 1), (0.1, 0.3), (1, 0), 0.0),
    ("qini", (0, 1), (0.1, 0.3), (1, 0), 1.0),
    ("qini", (1, 0), (0.1, 0.3), (0, 1), 1.0),
    ("auuc", (1, 1), (0.1, 0.3), (0, 1), 1.0),
    ("auuc", (1, 1), (0.1, 0.3), (1, 0), -1.0),
    ("auuc", (0, 1), (0.1, 0.3), (1, 0), 0.0),
    ("auuc", (1, 0), (0.1, 0.3), (0, 1), 1.0),
]


@pytest.mark.parametrize(("figure", "y", "score", "treated", "published"), PUBLISHED)
def test_when_scikit_uplift_publishes_a_figure_then_ours_is_the_same(figure, y, score, treated, published):
    found = judge(array(*y), array(*treated), array(*score))
    assert getattr(found, figure)(np.ones(2)) == pytest.approx(published)


def test_when_scikit_uplift_publishes_curves_then_ours_are_the_same():
    # test_uplift_curve, test_qini_curve, test_perfect_uplift_curve and test_perfect_qini_curve, binary: three
    # validation rows, y = 0 1 0, treatment = 0 1 1, all with the same predicted uplift.
    y, treated = array(0, 1, 0), array(0, 1, 1)
    sums = ordered(np.zeros(3)).sums(y, treated, np.ones(3))
    assert sums.uplift.tolist() == [0, 1.5] and sums.qini.tolist() == [0, 1.0] and sums.n.tolist() == [0, 3]
    found = judge(y, treated, np.zeros(3))
    assert found.uplift_best[1].sums(y, treated, np.ones(3)).uplift.tolist() == [0, 1, 2, 1.5]
    assert found.qini_best.sums(y, treated, np.ones(3)).qini.tolist() == [0, 1, 1]


def test_when_the_top_is_taken_then_the_border_is_shared():
    assert top(array(3, 2, 2, 1), np.ones(4), 0.5).tolist() == [1, 0.5, 0.5, 0]
    assert top(array(1, 1, 1, 1), np.zeros(4), 0.5).tolist() == [0.5] * 4


def test_when_the_top_is_taken_then_each_arm_has_its_own():
    # Two of three of each arm: approached 5 4, held out 3 2; they reacted 1 0 and 0 0.
    y, treated, score = array(1, 0, 1, 0, 0, 1), array(1, 1, 1, 0, 0, 0), array(5, 4, 1, 3, 2, 0)
    first = top(score, treated, 2 / 3)
    assert first.tolist() == [1, 1, 0, 1, 1, 0]
    assert effect(y, treated, first) == pytest.approx(0.5)


def test_when_an_arm_is_empty_then_nothing_is_said():
    assert np.isnan(effect(Y, np.ones(6), np.ones(6)))
    assert np.isnan(judge(Y, np.zeros(6), SCORE).qini(np.ones(6)))
    assert effect(Y, TREATED, np.ones(6)) == pytest.approx(0)
    assert effect(Y, TREATED, array(1, 1, 1, 1, 1, 0)) == pytest.approx(2 / 3 - 1 / 2)


def test_when_a_score_knows_the_effect_then_its_interval_lies_above_chance_and_holds_the_figure():
    rng = np.random.default_rng(1)
    n = 3000
    effects, treated = rng.choice([0.0, 0.3], n), (rng.random(n) < 0.5).astype(float)
    y = (rng.random(n) < 0.3 + effects * treated).astype(float)
    told = intervals(y, treated, effects, np.arange(n), 0.3, 100, 0.05, 0)
    blind = intervals(y, treated, rng.random(n), np.arange(n), 0.3, 100, 0.05, 0)
    assert 0 < told["qini"].low < told["qini"].value < told["qini"].high
    assert blind["qini"].low < 0 < blind["qini"].high
    assert told["top"].low < 0.3 < told["top"].high
    assert told == intervals(y, treated, effects, np.arange(n), 0.3, 100, 0.05, 0)


def test_when_each_customer_is_there_four_times_then_the_interval_is_not_narrower_for_it():
    rng = np.random.default_rng(2)
    n = 300
    treated = (rng.random(n) < 0.5).astype(float)
    y, score = (rng.random(n) < 0.4).astype(float), rng.random(n)
    once = intervals(y, treated, score, np.arange(n), 0.3, 200, 0.05, 0)["top"]
    four = [np.tile(each, 4) for each in (y, treated, score, np.arange(n))]
    many = intervals(*four, 0.3, 200, 0.05, 0)["top"]
    assert many.high - many.low == pytest.approx(once.high - once.low, rel=0.15)
