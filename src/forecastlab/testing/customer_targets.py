"""What every target of customers must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.schema import Frequency, duration_days
from forecastlab.schema.customers import CustomerTarget
from forecastlab.testing.customers import made_up

Check = Callable[[CustomerTarget], None]


def its_period_exists(target: CustomerTarget) -> None:
    """The length of a period is one of those that there are, and the window is a duration."""
    assert Frequency(target.freq).season >= 1
    assert duration_days(target.look.window, "target.look.window") >= 1


def who_is_left_out_has_a_reason(target: CustomerTarget) -> None:
    """Each customer is asked or left out with a reason, whoever else there is."""
    known = _known(target)
    why = target.left_out(known)
    assert len(why) == len(known) and all(isinstance(str(each), str) for each in why), "rows without an answer"
    turned = known.iloc[::-1].reset_index(drop=True)
    assert list(target.left_out(turned)) == list(why[::-1]), "the answer depends on the order"


def its_label_is_of_its_kind(target: CustomerTarget) -> None:
    """An event happened or not, an amount is finite, a wait within the horizon; nobody's depends on the others."""
    known = _known(target)
    after = _after(target, len(known))
    label = target.label(known, after)
    assert label.shape == (len(known),) and np.isfinite(label).all(), "a label is missing"
    if target.kind in ("event", "uplift"):
        assert set(np.unique(label)) <= {0.0, 1.0}, "an event is neither 0 nor 1"
    if target.kind == "wait":
        assert (label > 0).all() and (label <= after["days"]).all(), "a wait is not within the horizon"
    turned = target.label(known.iloc[::-1].reset_index(drop=True), after.iloc[::-1].reset_index(drop=True))
    assert np.array_equal(turned[::-1], label), "the label depends on the order"


def _known(target: CustomerTarget) -> pd.DataFrame:
    """Customers of a made-up shop, with made-up figures for what the target looks at in tables of its own."""
    _, known = made_up("event")
    draws = np.random.default_rng(4)
    figures = {name: draws.integers(0, 60, len(known)) for name in target.look.attributes if name not in known}
    return known.assign(**{name: np.where(draws.random(len(known)) < 0.3, np.nan, of) for name, of in figures.items()})


def _after(target: CustomerTarget, n: int) -> pd.DataFrame:
    draws = np.random.default_rng(5)
    orders = draws.poisson(1.0, n)
    found = pd.DataFrame({"orders": orders, "money": orders * draws.gamma(2, 10, n)})
    found["wait"] = np.where(orders > 0, draws.integers(1, 29, n), np.nan)
    found["days"] = 28
    return found.assign(**{name: draws.poisson(0.5, n) for name in target.outcomes})


CHECKS: tuple[Check, ...] = (its_period_exists, who_is_left_out_has_a_reason, its_label_is_of_its_kind)
