"""What every plan of customers must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

from forecastlab.schema import Lister, names
from forecastlab.testing import playbooks

Check = Callable[[Lister], None]


def it_writes_a_table_that_can_be_loaded(preset: Lister) -> None:
    """At least one row, a customer in each, once; plain columns, texts without line breaks, notes for its readers."""
    plan = preset.listed(playbooks.roster(getattr(preset, "playbook", None)))
    assert len(plan.table) and plan.table.columns.is_unique, "the table is empty, or a column is there twice"
    assert plan.table[names.SERIES].is_unique and plan.table[names.SERIES].notna().all(), "a customer is there twice"
    texts = plan.table.select_dtypes("object")
    assert not texts.astype(str).apply(lambda column: column.str.contains("[\r\n]")).any().any(), "a line is broken"
    assert plan.notes and all(plan.notes), "there are no notes for its readers"


def frames_are_left_as_they_were(preset: Lister) -> None:
    """No frame is written into."""
    roster = playbooks.roster(getattr(preset, "playbook", None))
    before = roster.customers.copy(deep=True)
    preset.listed(roster)
    assert roster.customers.equals(before), "the customers were changed"


CHECKS: tuple[Check, ...] = (it_writes_a_table_that_can_be_loaded, frames_are_left_as_they_were)
