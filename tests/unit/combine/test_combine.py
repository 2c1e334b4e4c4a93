"""One forecast of several."""

import numpy as np
import pytest

from forecastlab.combine.mean import Mean
from forecastlab.combine.median import Median
from forecastlab.schema import Combiner
from forecastlab.testing.combiners import combined

MEMBERS = {
    "a": np.array([[1.0, 10.0], [0.1, 4.0]]),
    "b": np.array([[2.0, 20.0], [0.2, 4.0]]),
    "c": np.array([[9.0, 60.0], [0.3, 4.0]]),
}


def test_when_members_are_averaged_then_each_counts_the_same() -> None:
    assert combined(Mean(), MEMBERS) == pytest.approx(np.array([[4.0, 30.0], [0.2, 4.0]]))


def test_when_one_member_goes_astray_then_the_median_does_not_follow() -> None:
    assert combined(Median(), MEMBERS).tolist() == [[2.0, 20.0], [0.2, 4.0]]
    astray = MEMBERS | {"c": MEMBERS["c"] * 1e9}
    assert combined(Median(), astray).tolist() == combined(Median(), MEMBERS).tolist()


def test_when_members_are_even_in_number_then_the_median_is_the_mean_of_the_middle_two() -> None:
    assert combined(Median(), {"a": MEMBERS["a"], "b": MEMBERS["b"]})[0].tolist() == [1.5, 15.0]


@pytest.mark.parametrize("part", [Mean(), Median()])
def test_when_members_come_in_another_order_then_not_a_bit_changes(part: Combiner) -> None:
    members = {"a": np.array([1e16]), "b": np.array([1.0]), "c": np.array([-1e16])}
    turned = {name: members[name] for name in ("c", "a", "b")}
    assert np.array_equal(combined(part, members), combined(part, turned))


@pytest.mark.parametrize("part", [Mean(), Median()])
def test_when_a_member_has_no_number_then_the_combination_has_none_there(part: Combiner) -> None:
    holed = MEMBERS | {"b": np.array([[np.nan, 20.0], [0.2, 4.0]])}
    assert np.isnan(combined(part, holed)).tolist() == [[True, False], [False, False]]
