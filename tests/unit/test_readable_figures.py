"""Figures as pages show them: five significant digits, and nothing else changed."""

from __future__ import annotations

import pandas as pd
import pytest

from forecastlab.task.figures import readable, readable_column


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (["0.06949514191604475", "-0.025546180398004836"], ["0.069495", "-0.025546"]),
        (["0.06949514191604475", ""], ["0.069495", ""]),
        (["15555.0", "1234567.891"], ["15555", "1234568"]),
        (["7", "123456789"], ["7", "123456789"]),
        (["theta", "theta alpha=0.123456789"], ["theta", "theta alpha=0.123456789"]),
        (["True", "False"], ["True", "False"]),
    ],
)
def test_when_a_column_is_shown_then_only_figures_with_a_fraction_are_shortened(
    written: list[str], shown: list[str]
) -> None:
    assert list(readable_column(pd.Series(written))) == shown


def test_when_figures_are_logged_then_they_have_five_significant_digits() -> None:
    assert readable({"wape": 0.06949514191604475, "n": 384.0}) == {"wape": 0.069495, "n": 384.0}
