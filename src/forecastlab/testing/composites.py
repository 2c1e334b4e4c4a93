"""What every combining method must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecastlab.schema import Composite, Fold, Forecaster
from forecastlab.schema.names import SELECT
from forecastlab.stages.forecast import forecast
from forecastlab.stages.settle import combine, remember
from forecastlab.testing import combiners
from forecastlab.testing.synthetic import history

Check = Callable[[Composite], None]


def its_members_are_methods(composite: Composite) -> None:
    """There is at least one member, and each can be fitted."""
    assert composite.members, "it has no members"
    for name, member in composite.members.items():
        assert isinstance(member, Forecaster), f"the member {name} is no forecast method"


def its_rule_keeps_the_contract(composite: Composite) -> None:
    """The rule that combines does what every combiner must do."""
    for check in combiners.CHECKS:
        check(composite.combine)


def each_row_is_answered_once(composite: Composite) -> None:
    """The combination has one finite number where each member has one."""
    past = history(5, 4, 30, "M", 12)
    fold = Fold(past.cutoff, 3, 1, past.freq, SELECT, 0)
    answers = {name: forecast(member, [past], [fold], (), True)[0].frame for name, member in composite.members.items()}
    truth = next(iter(answers.values()))[["unique_id", "ds"]].iloc[:0].assign(y=0.0)
    nothing = remember(answers, truth, truth.assign(mae_scale=1.0))
    found = combine(answers, composite.combine, nothing)
    assert len(found) == 4 * 3 and not found.duplicated(["unique_id", "ds"]).any(), "rows are missing or doubled"
    assert np.isfinite(found["yhat"]).all(), "not finite"


CHECKS: tuple[Check, ...] = (its_members_are_methods, its_rule_keeps_the_contract, each_row_is_answered_once)
