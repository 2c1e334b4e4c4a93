"""The how-to for hours, carried out: two seasons are known, and found where they are not declared."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/hours-and-seasons.md"
CHEAP = ["executor=serial", "tracking=none"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, carried_out) -> Path:
    """The folder in which every block of the page was carried out."""
    folder = tmp_path_factory.mktemp("hours")
    carried_out(PAGE, folder, lambda words, block: CHEAP)
    return folder


def test_when_hours_have_a_day_and_a_week_then_methods_that_know_both_err_less_than_half(place: Path) -> None:
    board = pd.read_csv(place / "mlruns/studies/calls/leaderboard.csv").set_index("method")
    assert (board["n_ok"] == board["n"]).all() and len(board) == 4
    both = board.loc[["adjusted", "combined_fast"], "mase.select"]
    assert (both < 0.5 * board.loc[["seasonal_naive", "theta"], "mase.select"].min()).all()


def test_when_forecasts_are_of_hours_then_every_hour_is_there_once(place: Path) -> None:
    (file,) = (place / "mlruns/studies/calls/runs").glob("adjusted-*/forecasts.parquet")
    frame = pd.read_parquet(file)
    assert not frame.duplicated(["unique_id", "cutoff", "ds"]).any()
    assert set(frame["ds"].dt.hour) == set(range(24)) and frame["cutoff"].nunique() == 2
    assert (frame["ds"] - frame["cutoff"] == frame["step"] * pd.Timedelta(hours=1)).all()


def test_when_seasons_are_not_declared_then_the_run_notes_those_it_found(place: Path) -> None:
    (file,) = (place / "mlruns/studies/found/runs").glob("adjusted-*/run.json")
    notes = json.loads(file.read_text(encoding="utf-8"))["notes"]
    assert "seasons found in the past: 24, 168 periods" in notes
