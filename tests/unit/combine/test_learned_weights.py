"""Combinations that learn: weights by hand and by another optimiser, what teaches nothing, whose errors count."""

import numpy as np
import pytest
from scipy.optimize import minimize

from forecastlab.combine.best import Best
from forecastlab.combine.inverse_loss import InverseLoss
from forecastlab.combine.stacking import Stacking
from forecastlab.schema import Members, Past
from forecastlab.testing.combiners import combined

PARTS = [InverseLoss("absolute", "all", 0.0, 2), Stacking("all", 0.1, 2), Best("all", 2)]
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)


def members(**yhat):
    n = len(next(iter(yhat.values())))
    arrays = {name: np.array(values, dtype=float) for name, values in yhat.items()}
    return Members(np.array(["s"] * n), np.array([""] * n), np.arange(1, n + 1), arrays)


def past(y, scale=None, series=None, **yhat):
    said = members(**yhat)
    if series is not None:
        said = Members(np.array(series), np.array([name[0] for name in series]), said.step, said.yhat)
    return Past(said, np.array(y, dtype=float), np.array(scale if scale is not None else np.ones(len(y)), dtype=float))


def weights(part, before, names):
    """The weights, read off forecasts of which one member says 1 and the others 0."""
    found = []
    for name in names:
        unit = members(**{each: [1.0 if each == name else 0.0] for each in names})
        found.append(part.combine(unit, before)[0])
    return np.array(found)


BEFORE = past([10, 10, 10, 10], a=[11, 9, 11, 9], b=[13, 7, 13, 7], c=[16, 4, 16, 4])


def test_when_errors_are_1_3_and_6_then_weights_are_as_their_inverses():
    np.testing.assert_allclose(weights(PARTS[0], BEFORE, "abc"), np.array([6, 2, 1]) / 9)
    squared = InverseLoss("squared", "all", 0.0, 2)
    np.testing.assert_allclose(weights(squared, BEFORE, "abc"), np.array([36, 4, 1]) / 41)


def test_when_shrunk_half_way_then_half_way_to_equal_weights():
    found = weights(InverseLoss("absolute", "all", 0.5, 2), BEFORE, "abc")
    np.testing.assert_allclose(found, (np.array([6, 2, 1]) / 9 + 1 / 3) / 2)


def test_when_a_member_never_erred_then_it_has_all_the_weight():
    before = past([10, 10], a=[10, 10], b=[10, 11], c=[10, 10])
    np.testing.assert_allclose(weights(PARTS[0], before, "abc"), [0.5, 0, 0.5])


def test_when_errors_are_opposite_then_stacking_takes_both_and_inverse_loss_cannot_tell():
    # errors 1, -2 of a and -1, 2 of b against 0.5, 0.5 of c: half a and half b is perfect
    before = past([0, 0], a=[1, -2], b=[-1, 2], c=[0.5, 0.5])
    np.testing.assert_allclose(weights(Stacking("all", 0.0, 2), before, "abc"), [0.5, 0.5, 0], atol=1e-8)


def test_when_two_members_err_then_the_weight_is_the_one_of_the_formula():
    """Least (w e1 + (1-w) e2)²: w = Σ e2 (e2 - e1) / Σ (e2 - e1)²."""
    e1, e2 = np.array([1.0, -2.0, 0.5]), np.array([-0.5, 1.0, 2.0])
    expected = (e2 @ (e2 - e1)) / ((e2 - e1) @ (e2 - e1))
    found = weights(Stacking("all", 0.0, 2), past(np.zeros(3), a=e1, b=e2), "ab")
    np.testing.assert_allclose(found, [expected, 1 - expected], rtol=1e-9)


@pytest.mark.parametrize("ridge", [0.0, 0.1, 5.0])
def test_when_another_optimiser_looks_for_the_weights_then_it_finds_the_same(ridge):
    draw = np.random.default_rng(3)
    errors = draw.normal(size=(50, 4)) @ np.array([[1, 0.9, 0, 0], [0, 0.4, 0, 0], [0, 0, 2, 0], [0.3, 0, 0, 0.8]])
    scale = draw.uniform(0.5, 20, 50)
    before = past(np.zeros(50), scale, **{name: errors[:, k] * scale for k, name in enumerate("abcd")})
    found = weights(Stacking("all", ridge, 2), before, "abcd")

    def goal(w):
        return np.mean((errors @ w) ** 2) + ridge * np.sum((w - 0.25) ** 2)

    rule = {"type": "eq", "fun": lambda w: w.sum() - 1}
    theirs = minimize(goal, np.full(4, 0.25), bounds=[(0, 1)] * 4, constraints=rule, method="SLSQP", tol=1e-14)
    np.testing.assert_allclose(found, theirs.x, atol=1e-5)
    assert goal(found) <= theirs.fun + 1e-12
    assert found.min() >= 0 and found.sum() == pytest.approx(1, abs=1e-12)


@every_part
def test_when_little_is_known_then_every_member_counts_the_same(part):
    few = past([10], a=[11], b=[13])
    np.testing.assert_allclose(weights(part, few, "ab"), 0.5)
    np.testing.assert_allclose(combined(part, {"a": np.array([[2.0]]), "b": np.array([[4.0]])}), 3.0)


@every_part
@pytest.mark.parametrize("hole", ["scale", "no scale", "truth", "member"])
def test_when_a_row_has_a_hole_then_it_teaches_nothing(part, hole):
    y, scale, a = [10.0, 10.0, 10.0], [1.0, 1.0, 1.0], [11.0, 9.0, 99.0]
    match hole:
        case "scale":
            scale[2] = 0.0
        case "no scale":
            scale[2] = np.nan
        case "truth":
            y[2] = np.nan
        case "member":
            a[2] = np.nan
    found = weights(part, past(y, scale, a=a, b=[13, 7, 13]), "ab")
    np.testing.assert_allclose(found, weights(part, past(y[:2], a=a[:2], b=[13, 7]), "ab"))


@every_part
def test_when_series_are_of_different_size_then_each_row_counts_in_its_own_scale(part):
    small = past([0, 0], [1, 1], a=[1, -2], b=[3, 1])
    large = past([0, 0], [1e6, 1e6], a=[1e6, -2e6], b=[3e6, 1e6])
    np.testing.assert_allclose(weights(part, large, "ab"), weights(part, small, "ab"))


def test_when_weights_are_by_series_then_each_follows_its_own_past_and_short_ones_that_of_all():
    part = InverseLoss("absolute", "series", 0.0, 2)
    before = past(
        np.zeros(5), series=["x", "x", "y", "y", "z"], a=[1, -1, 3, -3, 1], b=[3, -3, 1, -1, 1]
    )  # all rows: 9 / 5 each
    names = np.array(["x", "y", "z"])
    now = Members(names, names, np.array([1, 1, 1]), {"a": np.full(3, 1.0), "b": np.zeros(3)})
    np.testing.assert_allclose(part.combine(now, before), [0.75, 0.25, 0.5])


def test_when_weights_are_by_step_then_near_and_far_periods_have_their_own():
    part = InverseLoss("absolute", "step", 0.0, 2)
    said = members(a=[1, 3, 1, 3], b=[3, 1, 3, 1])
    said = Members(said.series, said.segment, np.array([1, 2, 1, 2]), said.yhat)
    now = members(a=[1, 1], b=[0, 0])
    np.testing.assert_allclose(part.combine(now, Past(said, np.zeros(4), np.ones(4))), [0.75, 0.25])


@every_part
def test_when_members_come_in_another_order_then_not_a_bit_changes(part):
    draw = np.random.default_rng(1)
    yhat = {name: draw.normal(size=9) for name in "abcde"}
    turned = {name: yhat[name] for name in "cebda"}
    y = draw.normal(size=9)
    one = part.combine(members(**yhat), past(y, **yhat))
    assert one.tobytes() == part.combine(members(**turned), past(y, **turned)).tobytes()


@every_part
def test_when_a_member_of_no_weight_has_no_number_then_there_is_none(part):
    before = past([10, 10, 10], a=[10, 10, 10], b=[99, 1, 99])
    assert np.isnan(part.combine(members(a=[1.0, 2.0], b=[np.nan, 2.0]), before)).tolist() == [True, False]


def test_when_one_member_erred_least_then_it_alone_is_believed():
    np.testing.assert_array_equal(weights(Best("all", 2), BEFORE, "abc"), [1, 0, 0])


def test_when_two_members_erred_alike_then_they_share():
    before = past([0, 0], a=[1, -1], b=[-1, 1], c=[2, 2])
    np.testing.assert_allclose(weights(Best("all", 2), before, "abc"), [0.5, 0.5, 0])


def test_when_one_is_chosen_by_segment_then_series_that_are_new_there_follow_the_others():
    part = Best("segment", 2)
    before = past(np.zeros(5), series=["x1", "x2", "y1", "y1", "z1"], a=[1, -1, 3, -3, 1], b=[3, -3, 1, -1, 0])
    now = Members(
        np.array(["x9", "y9", "z9"]),
        np.array(["x", "y", "z"]),
        np.ones(3, dtype=int),
        {"a": np.ones(3), "b": np.zeros(3)},
    )
    np.testing.assert_allclose(part.combine(now, before), [1, 0, 0])  # z has one row: that of all, where b erred 8 to 9


def test_when_nothing_is_known_yet_then_the_mean_stands_in():
    np.testing.assert_allclose(weights(Best("series", 8), BEFORE, "abc"), [1 / 3, 1 / 3, 1 / 3])
