"""What every target of items must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.schema import Frequency
from forecastlab.schema.items import ItemTarget
from forecastlab.stages.item_table import window_of

Check = Callable[[ItemTarget], None]


def its_period_exists(target: ItemTarget) -> None:
    """The length of a period is one of those that there are, and the window is a duration."""
    assert Frequency(target.freq).season >= 1
    assert window_of(target) >= 1 and target.offer.length >= 1 and target.kind == "items"


def who_is_left_out_has_a_reason(target: ItemTarget) -> None:
    """Each customer is asked or left out with a reason, whoever else there is."""
    known = pd.DataFrame({"recency": np.random.default_rng(1).integers(0, 400, 50).astype(float)})
    why = target.left_out(known)
    assert len(why) == len(known) and all(isinstance(str(each), str) for each in why), "rows without an answer"
    turned = known.iloc[::-1].reset_index(drop=True)
    assert list(target.left_out(turned)) == list(why[::-1]), "the answer depends on the order"
    assert (why == "").any(), "nobody is asked"


CHECKS: tuple[Check, ...] = (its_period_exists, who_is_left_out_has_a_reason)
