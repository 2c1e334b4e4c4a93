"""Every packaged question runs, from its file to its leaderboard, on as little as it can be asked of."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from forecastlab.cli import main
from forecastlab.task.run import recipes

ROOT = Path(__file__).parents[2]
NODES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "experiments").glob("*.yaml")}
SEVERAL = {name: node["studies"] for name, node in NODES.items() if "studies" in node}
"""Questions that stand for others, which are asked one by one here."""

EXPERIMENTS = sorted(NODES.keys() - SEVERAL)
ALIKE = {
    "m1_monthly",
    "m1_quarterly",
    "m3_monthly",
    "m3_quarterly",
    "m3_yearly",
    "tourism_monthly",
    "tourism_quarterly",
}
"""Questions about many series that another one stands for outside the campaign."""

FEW = ["executor=serial", "tracking=none"]
FEW += ["metric=[wape,mase,coverage80,brier,rmse,qini,hit_rate5]"]
"""How little is asked of a question; what else it says stays."""

FIRST = {"model": 1}
"""How many of the values are tried that a question varies; two of all others."""

PAGES = {"from_csv": "own-csv", "from_parquet": "own-parquet", "from_sql": "own-database"}
PAGES |= {"from_panel_csv": "own-panel", "from_panel_parquet": "own-panel"}
"""The how-to whose first piece of Python writes the file that a question is about."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all, so that a dataset is loaded once."""
    return tmp_path_factory.mktemp("experiments")


def folds(name: str) -> list[str]:
    """As few folds as select, calibrate and test need: a number, or the first of the dates that the question names."""
    told = NODES[name]
    if {"override /backtest": "cutoffs"} in told.get("defaults", []):
        return [f"backtest.select={json.dumps(told['backtest']['select'][:2])}"]
    return ["backtest.select=2", "backtest.test=1"]


def written(name: str) -> None:
    """Write the file that a question of one's own data is about, as its how-to does."""
    if name in PAGES:
        page = (ROOT / "docs/how-to" / f"{PAGES[name]}.md").read_text(encoding="utf-8")
        block = re.search(r"^```python\n(.*?)^```$", page, flags=re.M | re.S)
        assert block is not None
        exec(compile(block[1], name, "exec"), {})  # the page is ours
    if name == "from_panel_parquet":
        pd.read_csv("series/shops.csv", dtype={"shop": str}, parse_dates=["month"]).to_parquet("series/shops.parquet")


def listed(values: object) -> list[str]:
    """The values that a question varies one key over."""
    return [str(value) for value in values] if isinstance(values, list) else str(values).split(",")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.campaign] * (name in ALIKE)) for name in EXPERIMENTS]
)
def test_when_a_packaged_question_is_asked_in_small_then_it_is_answered(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    written(name)
    words = [f"+experiments={name}", *folds(name), *FEW, "root=kept"]
    (cheapest, *_) = recipes(words, None, False)
    settings = cheapest.recipe.settings
    swept = [f"{key}={','.join(listed(values)[: FIRST.get(key, 2)])}" for key, values in settings.sweep.items()]
    assert main(["run", "-m", *words, *swept]) == 0, capsys.readouterr().err
    assert not capsys.readouterr().err
    board = pd.read_csv(Path("kept/studies") / (settings.study or name) / "leaderboard.csv")
    figure = next(column for column in board if column.endswith(".select"))
    report = Path("kept/studies") / (settings.study or name) / "report.html"
    assert 'class="broken"' not in report.read_text(encoding="utf-8")
    assert len(board) and board[figure].notna().all() and (board["n_ok"] == board["n"]).all()


@pytest.mark.parametrize("name", SEVERAL)
def test_when_a_question_stands_for_others_then_each_of_them_is_there(name: str) -> None:
    assert SEVERAL[name] and set(SEVERAL[name]) <= set(EXPERIMENTS)


def test_when_the_datasets_are_listed_then_each_has_a_question_of_its_own() -> None:
    asked = set()
    for name in EXPERIMENTS:
        node = yaml.safe_load((ROOT / "experiments" / f"{name}.yaml").read_text(encoding="utf-8"))
        lines = [line for line in node.get("defaults", []) if isinstance(line, dict)]
        asked |= {line[key] for line in lines for key in line if key.endswith("/dataset")}
        asked |= {"complete_journey"} if not any(key.endswith("/dataset") for line in lines for key in line) else set()
    there = {path.stem for path in (ROOT / "conf/dataset").glob("*.yaml")}
    assert there <= asked, there - asked
