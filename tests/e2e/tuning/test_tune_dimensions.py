"""What can be searched, through the command: each trial has the loss that its values have when they are run."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

BASE = [
    "dataset=cdnow",
    "backtest.select=2",
    "backtest.test=1",
    "backtest.horizon=2",
    "executor=serial",
    "tracking=none",
    "metric=[wape]",
]
SEARCH = ["tuning=grid", "tuning.prune=null", "tuning.only=[]", "study=hunt"]
BY_RECENCY = ["segmentation=lifecycle", "model=theta"]
RIDGE = ["segmentation=none", "model=ridge"]
ENSEMBLE = ["segmentation=none", "model=ensemble"]

DIMENSIONS = {
    "threshold of a segmentation": (BY_RECENCY, "{segmentation.lost_after: {low: 36, high: 48, step: 12}}", 2),
    "segmentation itself": (["model=theta"], "{segmentation: {choices: [none, rfm]}}", 2),
    "features": (RIDGE, "{model.features.lags.lags: {choices: [[1], [1, 2, 4]]}}", 2),
    "drivers": (RIDGE, "{driver: {choices: [[], [holidays]]}}", 2),
    "members": (ENSEMBLE, "{model.use: {some_of: [theta, ets], at_least: 1}}", 3),
    "rule of a combination": (
        [*ENSEMBLE, "model.use=[theta,ets,naive]", "+model@model.members.naive=naive"],
        "{combine@model.combine: {choices: [median, mean]}}",
        2,
    ),
    "method": (["segmentation=none"], "{model: {choices: [naive, theta]}, model.variant: null}", 2),
}


@pytest.mark.parametrize(("question", "over", "trials"), DIMENSIONS.values(), ids=list(DIMENSIONS))
def test_when_anything_is_searched_then_a_trials_loss_is_that_of_its_values_when_they_are_run(
    question: list[str], over: str, trials: int, tmp_path: Path
) -> None:
    base = [*BASE, *question, f"root={tmp_path}"]
    assert main(["tune", *base, *SEARCH, f"tuning.over={over}"]) == 0
    table = pd.read_csv(tmp_path / "studies/hunt/tuning/trials.csv", float_precision="round_trip")
    assert len(table) == trials and set(table["state"]) == {"done"}
    assert table["loss"].nunique() > 1, "what is searched makes no difference"
    for row in table.to_dict("records"):
        study = f"trial-{row['trial']}"
        assert main(["run", *base, *shlex.split(row["overrides"]), f"study={study}"]) == 0
        board = pd.read_csv(tmp_path / "studies" / study / "leaderboard.csv")
        assert board["wape.select"].item() == pytest.approx(row["loss"], rel=1e-12)
