"""A trial that fails: recorded with its reason and no end of the search, unless it was asked to stop there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

WORDS = [
    "tune",
    "dataset=cdnow",
    "segmentation=none",
    "model=xgboost",
    "backtest.horizon=2",
    "backtest.select=2",
    "backtest.test=1",
    "executor=serial",
    "tracking=none",
    "study=hunt",
    "tuning=grid",
    "tuning.batch=1",
    "tuning.only=[]",
    "tuning.over={model.objective: {choices: [squared, tweedie]}, model.max_depth: {low: 2, high: 3}}",
]
REASON = "tweedie needs a target without negative values"


def states(root: Path) -> list[str]:
    return list(pd.read_csv(root / "studies/hunt/tuning/trials.csv")["state"])


def test_when_trials_fail_then_the_search_goes_on_and_stops_at_the_first_only_if_asked_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fast = [*WORDS, f"root={tmp_path}", "tuning.fail_fast=true"]
    for _ in range(2):  # what was found before is found again: nothing more is tried
        assert main(fast) == 4
        (line,) = capsys.readouterr().err.splitlines()
        assert "failed-trial: trial 1" in line and REASON in line and "tuning.fail_fast=false" in line
        assert states(tmp_path) == ["done", "failed"]
    assert main([*WORDS, f"root={tmp_path}"]) == 4
    told = capsys.readouterr().out
    assert told.startswith("4 trials, 2 of them kept from before\n")
    assert "best of the selection folds" in told and "what choosing made look better than it is" in told
    assert states(tmp_path) == ["done", "failed", "done", "failed"]
    table = pd.read_csv(tmp_path / "studies/hunt/tuning/trials.csv")
    assert table.loc[table["state"] == "failed", "reason"].str.contains(REASON).all()
