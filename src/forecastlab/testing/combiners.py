"""What every rule of combination must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Combiner

Check = Callable[[Combiner], None]


def the_shape_stays(combiner: Combiner) -> None:
    """Arrays of one shape give one array of that shape, finite where all are, and are left as they were."""
    members = _members()
    for values in members.values():
        values.setflags(write=False)
    found = combiner.combine(members)
    assert found.shape == (4, 3) and np.isfinite(found).all(), f"shape {found.shape}, or not finite"


def members_that_agree_are_believed(combiner: Combiner) -> None:
    """Where all members say the same, so does the combination."""
    same = _members()["a"]
    np.testing.assert_allclose(combiner.combine({"a": same, "b": same, "c": same}), same, rtol=1e-12)


def the_order_of_members_does_not_matter(combiner: Combiner) -> None:
    """The same members in another order give the same bits."""
    members = _members()
    turned = dict(reversed(members.items()))
    np.testing.assert_array_equal(combiner.combine(turned), combiner.combine(members))


def one_member_is_enough(combiner: Combiner) -> None:
    """A single member's forecast is the combination."""
    alone = {"a": _members()["a"]}
    np.testing.assert_allclose(combiner.combine(alone), alone["a"], rtol=1e-12)


def a_missing_number_is_not_passed_over(combiner: Combiner) -> None:
    """Where a member has no number, the combination has none either: otherwise it would silently be another one."""
    members = _members()
    members["b"][0, 0] = np.nan
    found = combiner.combine(members)
    assert np.isnan(found[0, 0]) and np.isfinite(found.ravel()[1:]).all(), "a gap of one member vanished or spread"


def _members() -> dict[str, NDArray[np.float64]]:
    rng = np.random.default_rng(6)
    return {name: rng.gamma(2, 50, (4, 3)) for name in "abcd"}


CHECKS: tuple[Check, ...] = (
    the_shape_stays,
    members_that_agree_are_believed,
    the_order_of_members_does_not_matter,
    one_member_is_enough,
    a_missing_number_is_not_passed_over,
)
