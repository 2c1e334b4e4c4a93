"""The how-tos for parts of one's own, carried out: their files, their commands, and what comes of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")
COMMAND = str(Path(sys.executable).parent / "forecastlab")
CHEAP = ("executor=serial", "tracking=none", "backtest.select=2", "backtest.test=1")


def carried_out(page: str, blocks_of, shop, folder: Path) -> list[str]:
    """Write every file that a page names and type every command that it shows; what they printed."""
    shutil.copytree(shop.folder, folder, dirs_exist_ok=True)
    surroundings = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
    printed = []
    for block in blocks_of(page):
        if block.language in ("python", "yaml"):
            name = re.findall(r"`([\w/]+\.(?:py|yaml))`", block.before)[-1]
            name = "test_mine.py" if "def test_" in block.text else name
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text, encoding="utf-8")
        for words in block.commands:
            cheap = CHEAP if words[0] == "run" else CHEAP[:1] if words[:2] == ["check", "leakage"] else ()
            done = subprocess.run(
                [COMMAND, *words, *cheap], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
            printed.append(done.stdout)
    return printed


@pytest.fixture
def methods(tmp_path):
    return lambda: pd.read_csv(tmp_path / "mlruns/studies/shop/leaderboard.csv")


def test_when_the_how_to_for_models_is_followed_then_the_model_is_in_the_leaderboard(
    shop, blocks_of, tmp_path, methods
) -> None:
    first, checked, last = carried_out("docs/how-to/own-model.md", blocks_of, shop, tmp_path)
    assert "naive" in first and "moving_mean" in first
    assert checked.splitlines()[-1] == "all kept" and "✓ model/moving_mean  it does not see the future" in checked
    assert "moving_mean" in last
    runs = list((tmp_path / "mlruns/studies/shop/runs").glob("moving_mean-*"))
    scores = pd.concat(pd.read_parquet(run / "scores.parquet") for run in runs)
    assert {"wape", "worst"} <= set(scores["metric"])
    frame = pd.concat(pd.read_parquet(run / "forecasts.parquet") for run in runs).query("level == 'segment'")
    assert (frame["source"] == "model").all() and frame["yhat"].gt(0).any()
    assert (frame.groupby(["unique_id", "cutoff"])["yhat"].nunique() == 1).all(), "a mean is the same in every period"
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    tested = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert tested.returncode == 0 and int(re.findall(r"(\d+) passed", tested.stdout)[0]) > 10, tested.stdout


def test_when_the_how_to_for_segmentations_is_followed_then_it_is_compared_with_none_and_a_placebo(
    shop, blocks_of, tmp_path, methods
) -> None:
    *_, compared, checked, leakage = carried_out("docs/how-to/own-segmentation.md", blocks_of, shop, tmp_path)
    assert "baskets_placebo" in compared
    assert {"theta baskets", "theta none"} <= {
        re.sub(r"^.*?(theta \w+).*$", r"\1", name) for name in methods()["method"]
    }
    assert checked.splitlines()[-1] == "all kept" and leakage.startswith("✓ naive: nothing sees the future")
    found = pd.concat(
        pd.read_parquet(run / "forecasts.parquet") for run in (tmp_path / "mlruns/studies/shop/runs").glob("theta-*")
    )
    assert {"small", "middle", "large", "random_1"} <= set(found["segment"])


def test_when_messages_are_listed_then_each_is_one_that_can_come(pages, root: Path) -> None:
    table = pages["docs/how-to/own-model.md"].partition("## When it is refused")[2]
    listed = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)", table))
    sources = [root / "src/forecastlab/recipe/trust.py", root / "src/forecastlab/recipe/check.py"]
    raised = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', "".join(path.read_text(encoding="utf-8") for path in sources)))
    assert len(listed) >= 9 and listed <= raised
