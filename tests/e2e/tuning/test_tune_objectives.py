"""Several objectives: the front that is shown, and seconds that stay what they were when a search goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

WORDS = [
    "tune",
    "dataset=cdnow",
    "segmentation=none",
    "model=xgboost",
    "model.target=level",
    "backtest.horizon=2",
    "backtest.select=2",
    "backtest.test=1",
    "executor=serial",
    "tracking=none",
    "study=hunt",
    "tuning=grid",
    "tuning.only=[]",
    "tuning.over={model.max_depth: {low: 2, high: 4}}",
]


def test_when_there_are_two_objectives_then_the_front_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*WORDS, "tuning.objectives=[loss,coverage]", f"root={tmp_path}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = pd.read_csv(tmp_path / "studies/hunt/tuning/trials.csv")
    (at,) = [i for i, line in enumerate(lines) if line.startswith("Pareto front")]
    shown = [line for line in lines[at + 1 :] if line.startswith("  trial ")]
    pairs = set(zip(table["loss"], table["coverage"], strict=True))
    front = [(x, y) for x, y in sorted(pairs) if not any((a, b) != (x, y) and a <= x and b <= y for a, b in pairs)]
    assert [line.partition(": ")[2] for line in shown] == [f"loss {x:.4f}, coverage {y:.4f}" for x, y in front]


def test_when_trials_are_computed_no_more_then_their_seconds_are_those_that_they_took(tmp_path: Path) -> None:
    words = [*WORDS, "tuning.objectives=[loss,seconds]", f"root={tmp_path}"]
    table = tmp_path / "studies/hunt/tuning/trials.csv"
    assert main(words) == 0
    first = pd.read_csv(table)
    shutil.rmtree(table.parent)  # the forecasts are kept, as when a search is killed before its trial is written down
    assert main(words) == 0
    assert (pd.read_csv(table)["seconds"] == first["seconds"]).all() and (first["seconds"] > 0).all()
    assert first["seconds"].iloc[0] < 5 * first["seconds"].iloc[1:].median(), "loading libraries was counted"
