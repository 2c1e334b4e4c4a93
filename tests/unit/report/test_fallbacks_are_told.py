"""A method that fell back is told under the printed leaderboard, however narrow it is."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from made_up_study import SMALL, Shape, failures, made_up, outcome
from rich.console import Console

from forecastlab.cli.show import show_board
from forecastlab.task.fallen import fallen


@pytest.mark.parametrize("width", [40, 80, 200])
def test_when_a_method_fell_back_then_a_line_says_so_at_any_width_and_no_heading_is_empty(width: int) -> None:
    names = ("seasonal_naive", "theta", "combined_fast")
    console = Console(width=width, record=True)
    show_board(console, made_up(Shape(methods=names)).board, "daily")
    lines = console.export_text().splitlines()
    assert [line for line in lines if "fell back" in line] == [
        f"{name}: 1 of 12 forecasts fell back: no observation" for name in names
    ]  # two segments in six folds
    assert lines[2].split()[0].startswith("m") or width < 80


def test_when_members_fell_back_then_they_are_named_and_a_series_counts_once_in_each_fold() -> None:
    ledger = failures("loyal")
    both = pd.concat([ledger.assign(model="trees"), ledger.assign(model="net", reason="too short")])
    run = replace(outcome(SMALL, "combined", 0.1, 1), failures=both)
    (line,) = fallen({"combined": run})
    assert line.startswith("combined: in 1 of 12 forecasts a member fell back (trees, net): ")
    assert "no observation" in line and "too short" in line


def test_when_nothing_fell_back_then_nothing_is_told() -> None:
    run = outcome(SMALL, "theta", 0.1, 1)
    assert not list(fallen({"theta": replace(run, failures=run.failures.iloc[:0])}))
