"""Several methods, each with a search of its own and the same seconds, and one leaderboard of what they found."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from forecastlab.cli import main
from forecastlab.task import tune as task

WORDS = [
    "dataset=cdnow",
    "segmentation=none",
    "backtest.select=3",
    "backtest.test=1",
    "backtest.horizon=2",
    "executor=serial",
    "tracking=none",
    "study=hunt",
    "tuning.nested=true",
    "tuning.trials=3",
    "tuning.batch=2",
    "tuning.startup=2",
    "tuning.budget=100000",
]
METHODS = "model=naive,regression,theta"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("nested") / "mlruns"
    assert main(["tune", "-m", METHODS, *WORDS, f"root={root}"]) == 0
    return root


def board(root: Path) -> pd.DataFrame:
    return pd.read_csv(root / "studies/hunt/leaderboard.csv").set_index("method")


def test_when_methods_are_searched_each_then_defaults_and_winners_are_one_leaderboard(root: Path) -> None:
    searched = ["regression", "theta"]
    names = {"naive", *searched, *(f"{name} tuned (3 trials)" for name in searched)}
    assert set(board(root).index) == names
    for name in searched:
        folder = root / "studies/hunt/tuning" / name
        trials = pd.read_csv(folder / "trials.csv")
        losses = [column for column in trials if column.startswith("loss.fold")]
        assert list(trials["trial"]) == [0, 1, 2] and losses == ["loss.fold1", "loss.fold2", "loss.fold3"]
        luck = pd.read_csv(folder / "optimism.csv").set_index("method")
        assert list(luck.index) == [name, f"{name} tuned (3 trials)"]
        for role in ("select", "test"):
            assert luck[role].tolist() == pytest.approx(board(root).loc[luck.index, f"wape.{role}"].tolist())
        # what the search saw as its best loss is what the leaderboard says of the selection folds
        assert trials["loss"].min() == pytest.approx(luck.loc[f"{name} tuned (3 trials)", "select"])


def test_when_seconds_are_measured_then_they_are_written_down_and_never_measured_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = json.loads((root / "studies/hunt/tuning/theta/search.json").read_text())
    assert asked["budget"]["trials"] == 3 and asked["budget"]["seconds"] == 100000
    each = asked["budget"]["seconds_per_trial"]
    assert 0 < each < 60
    before = board(root)
    monkeypatch.setattr(task, "measured_job", None)  # another machine would measure something else
    assert main(["tune", "-m", METHODS, *WORDS, f"root={root}"]) == 0
    pd.testing.assert_frame_equal(board(root), before)


def test_when_a_found_config_is_kept_then_its_recipe_says_what_the_budget_came_to(root: Path) -> None:
    recipes = [yaml.safe_load(path.read_text()) for path in (root / "studies/hunt/runs").glob("*/recipe.yaml")]
    tuned = [recipe for recipe in recipes if recipe["tuned"]]
    assert tuned and all(recipe["tuning"]["trials"] == 3 == recipe["tuned"]["trials"] for recipe in tuned)


def test_when_a_search_of_several_is_replayed_then_it_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["study=hunt", f"root={root}", "executor=serial", "tracking=none"]
    assert main(["run", "+params=regression/best", *base]) == 0
    assert "kept from before" in capsys.readouterr().out
    assert main(["run", "+params=best", *base]) == 2
    assert "+params=regression/best" in capsys.readouterr().err
    assert main(["run", "+params=regresion/best", *base]) == 2
    assert "regression" in capsys.readouterr().err


def test_when_one_file_is_asked_for_several_searches_then_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["tune", "-m", METHODS, *WORDS, f"root={tmp_path}", "--export", str(tmp_path / "best.yaml")]
    assert main(words) == 2
    assert "--export" in capsys.readouterr().err and not (tmp_path / "studies").exists()
