"""What every rule of combination must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Combiner, Members, Past

Check = Callable[[Combiner], None]


def the_shape_stays(combiner: Combiner) -> None:
    """Arrays of one shape give one array of that shape, finite where all are, and are left as they were."""
    members = _members()
    for values in members.values():
        values.setflags(write=False)
    found = combined(combiner, members)
    assert found.shape == (4, 3) and np.isfinite(found).all(), f"shape {found.shape}, or not finite"


def members_that_agree_are_believed(combiner: Combiner) -> None:
    """Where all members say the same, so does the combination."""
    same = _members()["a"]
    np.testing.assert_allclose(combined(combiner, {"a": same, "b": same, "c": same}), same, rtol=1e-12)


def the_order_of_members_does_not_matter(combiner: Combiner) -> None:
    """The same members in another order give the same bits."""
    members = _members()
    turned = dict(reversed(members.items()))
    np.testing.assert_array_equal(combined(combiner, turned), combined(combiner, members))


def one_member_is_enough(combiner: Combiner) -> None:
    """A single member's forecast is the combination."""
    alone = {"a": _members()["a"]}
    np.testing.assert_allclose(combined(combiner, alone), alone["a"], rtol=1e-12)


def a_missing_number_is_not_passed_over(combiner: Combiner) -> None:
    """Where a member has no number, the combination has none either: otherwise it would silently be another one."""
    members = _members()
    members["b"][0, 0] = np.nan
    found = combined(combiner, members)
    assert np.isnan(found[0, 0]) and np.isfinite(found.ravel()[1:]).all(), "a gap of one member vanished or spread"


def with_a_past_the_same_laws_hold(combiner: Combiner) -> None:
    """With earlier errors to learn from: one finite number per row, whatever the order of the members."""
    now, past = _members(), {name: values * (1.5 if name == "b" else 1.1) for name, values in _members().items()}
    truth = _members()["a"]
    found = combined(combiner, now, past, truth)
    turned = combined(combiner, dict(reversed(now.items())), dict(reversed(past.items())), truth)
    assert np.isfinite(found).all(), "not finite"
    np.testing.assert_array_equal(found, turned)


def combined(
    combiner: Combiner,
    now: Mapping[str, NDArray[np.float64]],
    past: Mapping[str, NDArray[np.float64]] | None = None,
    truth: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Arrays (series, periods) by member, and the same of an earlier fold with what came true → their combination."""
    shape = next(iter(now.values())).shape
    width = shape[-1]
    before = past if past is not None else {name: values[:0] for name, values in now.items()}
    y = truth if truth is not None else np.empty((0, width))
    known = Past(_rows(before), y.ravel(), np.ones(y.size))
    return combiner.combine(_rows(now), known).reshape(shape)


def _rows(members: Mapping[str, NDArray[np.float64]]) -> Members:
    arrays = {name: np.atleast_2d(values) for name, values in members.items()}
    n, h = next(iter(arrays.values())).shape
    series = np.repeat(np.array([f"s{i}" for i in range(n)], dtype=str), h)
    segment = np.where(series == "s0", "small", "large")
    return Members(
        series, segment, np.tile(np.arange(1, h + 1), n), {name: values.ravel() for name, values in arrays.items()}
    )


def _members() -> dict[str, NDArray[np.float64]]:
    rng = np.random.default_rng(6)
    return {name: rng.gamma(2, 50, (4, 3)) for name in "abcd"}


CHECKS: tuple[Check, ...] = (
    the_shape_stays,
    members_that_agree_are_believed,
    the_order_of_members_does_not_matter,
    one_member_is_enough,
    a_missing_number_is_not_passed_over,
    with_a_past_the_same_laws_hold,
)
