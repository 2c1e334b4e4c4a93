"""Adding a model, carried out as CONTRIBUTING tells it, on a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "CONTRIBUTING.md"
MAIN = "import sys; from forecastlab.cli import main; sys.exit(main())"
CHEAP = ("executor=serial", "tracking=none")


@dataclass(frozen=True)
class Copy:
    """A copy of the repository to which the page's model was added, and the folder in which commands are typed."""

    tree: Path
    work: Path

    def python(self, *words: str, at: Path) -> subprocess.CompletedProcess[str]:
        surroundings = {**os.environ, "PYTHONPATH": str(self.tree / "src"), "COLUMNS": "100"}
        command = [sys.executable, *words]
        return subprocess.run(command, check=False, cwd=at, env=surroundings, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, root: Path, shop, blocks_of: Callable[[str], Iterable]) -> Copy:
    tree = tmp_path_factory.mktemp("copy")
    for name in ("src/forecastlab", "conf", "experiments", "tests/contract", "pyproject.toml"):
        if (root / name).is_dir():
            shutil.copytree(root / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, tree / name)
    for block in blocks_of(PAGE):
        if block.language in ("python", "yaml"):
            assert not (tree / block.file).exists(), "the example would overwrite a part"
            (tree / block.file).write_text(block.text, encoding="utf-8")
    shutil.copytree(shop.folder, tree / "work")  # with its cache, so that only the new model is computed
    return Copy(tree, tree / "work")


def test_when_the_two_files_are_written_then_the_commands_of_the_page_work(copy: Copy, blocks_of) -> None:
    printed = []
    for block in blocks_of(PAGE):
        for words in block.commands:
            done = copy.python("-c", MAIN, *words, *(CHEAP if words[0] == "run" else ()), at=copy.work)
            assert done.returncode == 0, done.stderr
            printed.append(done.stdout + done.stderr)
    listed, ran = printed
    assert "drift  Sales go on rising or falling as they did on average so far." in listed
    assert "window: null   periods that the line goes through; null: all" in listed
    assert "naive: kept from before" in ran
    board = pd.read_csv(copy.work / "mlruns/studies/shop/leaderboard.csv")
    assert sorted(board["method"]) == ["drift", "naive"]
    assert (board["n_fallback"] == 0).all() and (board["n_ok"] == board["n"]).all()

    (run,) = (copy.work / "mlruns/studies/shop/runs").glob("drift-*")
    frame = pd.read_parquet(run / "forecasts.parquet").query("level == 'segment' and source == 'model'")
    steps = frame.pivot_table(index=["unique_id", "cutoff"], columns="step", values="yhat")
    straight = steps[(steps > 0).all(axis=1)]
    assert len(straight) > 20
    assert np.allclose(straight.diff(axis=1).diff(axis=1).iloc[:, 2:], 0.0, atol=1e-6), "the forecast is not a line"


def test_when_the_contract_of_models_is_held_against_the_example_then_it_keeps_it(copy: Copy, blocks_of) -> None:
    (words,) = [block.text.split() for block in blocks_of(PAGE) if block.text.startswith("pytest ")]
    done = copy.python("-m", *words, "-q", "-p", "no:cacheprovider", at=copy.tree)
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) >= 3


def test_when_the_example_is_checked_then_types_and_style_are_in_order(copy: Copy) -> None:
    example = copy.tree / "src/forecastlab/model/drift.py"
    for words in (["ruff", "check", "--quiet"], ["ruff", "format", "--check", "--quiet"]):
        done = copy.python("-m", *words, str(example), at=copy.tree)
        assert done.returncode == 0, done.stdout + done.stderr
