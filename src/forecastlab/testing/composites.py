"""What every combining method must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecastlab.flow.members import Assembly, leaves
from forecastlab.schema import Composite, Fold, Forecaster, Router
from forecastlab.schema.names import SELECT
from forecastlab.stages.forecast import ask, forecast
from forecastlab.testing import combiners
from forecastlab.testing.synthetic import history

Check = Callable[[Composite], None]


def its_members_are_methods(composite: Composite) -> None:
    """There is at least one member, and each can be fitted."""
    assert composite.members, "it has no members"
    for name, member in composite.members.items():
        assert isinstance(member, (Forecaster, Composite, Router)), f"the member {name} is no forecast method"


def its_rule_keeps_the_contract(composite: Composite) -> None:
    """The rule that combines does what every combiner must do."""
    for check in combiners.CHECKS:
        check(composite.combine)


def each_row_is_answered_once(composite: Composite) -> None:
    """The combination has one finite number where each member has one."""
    past = history(5, 4, 30, "M", 12)
    fold = Fold(past.cutoff, 3, 1, past.freq, SELECT, 0)
    question = ask(past, fold, ())
    answers = {leaf.name: forecast(leaf.model, [question], True)[0].frame for leaf in leaves(composite)}
    found, _ = Assembly(composite).assemble(answers, fold)
    assert len(found) == 4 * 3 and not found.duplicated(["unique_id", "ds"]).any(), "rows are missing or doubled"
    assert np.isfinite(found["yhat"]).all(), "not finite"


CHECKS: tuple[Check, ...] = (its_members_are_methods, its_rule_keeps_the_contract, each_row_is_answered_once)
