"""The how-tos for Parquet and for a database, carried out: their files, their YAML, their commands, their questions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.schema.packages import package_file

pytestmark = pytest.mark.xdist_group("docs")
COMMAND = str(Path(sys.executable).parent / "forecastlab")
CHEAP = ("executor=serial", "tracking=none", "backtest.select=1", "backtest.test=1")
PAGES = {"parquet": "docs/how-to/own-parquet.md", "sql": "docs/how-to/own-database.md"}


@dataclass(frozen=True)
class Followed:
    """The folder in which a page was carried out."""

    folder: Path

    def forecasts(self, study: str, model: str) -> pd.DataFrame:
        (path,) = (self.folder / "mlruns/studies" / study / "runs").glob(f"{model}-*/forecasts.parquet")
        return pd.read_parquet(path)


@pytest.fixture(scope="module", params=sorted(PAGES))
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def followed(
    tmp_path_factory: pytest.TempPathFactory, blocks_of: Callable[[str], Iterable]
) -> Callable[[str], Followed]:
    """Carry a page out once: write what it writes, set what it sets, type what it types."""
    done: dict[str, Followed] = {}

    def follow(name: str) -> Followed:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            _carry_out(blocks_of(PAGES[name]), folder)
            done[name] = Followed(folder)
        return done[name]

    return follow


def _carry_out(blocks: Iterable, folder: Path) -> None:
    surroundings = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
    for block in blocks:
        if block.language == "python":
            subprocess.run([sys.executable, "-c", block.text], cwd=folder, check=True, capture_output=True)
        elif block.language == "bash":
            surroundings |= dict(re.findall(r"^export (\w+)=(.*)$", block.text, flags=re.M))
        elif block.language == "yaml" and block.text.startswith("defaults:"):
            target = folder / block.file
            target.parent.mkdir(parents=True)
            target.write_text(block.text, encoding="utf-8")
        for words in block.commands:
            ran = subprocess.run(
                [COMMAND, *words, *CHEAP], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
            )
            assert ran.returncode == 0, ran.stderr


def weekly_cents() -> pd.Series:
    """The money of each week, as pandas counts it in the source."""
    names = ["customer", "day", "cds", "dollars"]
    source = package_file("lifetimes", "datasets/CDNOW_master.txt")
    sales = pd.read_csv(source, sep=r"\s+", names=names, header=0)
    week = pd.to_datetime(sales["day"], format="%Y%m%d").dt.to_period("W-SUN").dt.end_time.dt.normalize()
    return (sales["dollars"] * 100).round().astype("int64").groupby(week).sum()


def test_when_the_page_is_followed_then_question_and_own_file_have_leaderboards(page: str, followed: Callable) -> None:
    studies = followed(page).folder / "mlruns/studies"
    own = {"parquet": "lake", "sql": "warehouse"}[page]
    for study in (f"from_{page}", own):
        board = pd.read_csv(studies / study / "leaderboard.csv")
        assert sorted(board["method"]) == ["naive", "theta"]
        assert (board["n_ok"] == board["n"]).all() and (board["n"] > 0).all()


def test_when_the_page_is_followed_then_the_truth_is_the_money_of_the_source(page: str, followed: Callable) -> None:
    money = weekly_cents()
    for study in (f"from_{page}", {"parquet": "lake", "sql": "warehouse"}[page]):
        frame = followed(page).forecasts(study, "naive")
        total = frame[frame["level"] == "total"].drop_duplicates("ds").set_index("ds")["y"]
        assert len(total) >= 4
        assert ((total * 100).round().astype("int64") == money.reindex(total.index)).all()


def test_when_the_same_sales_come_from_both_then_the_forecasts_are_the_same_bits(followed: Callable) -> None:
    frames = [followed(name).forecasts(f"from_{name}", "theta") for name in sorted(PAGES)]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_when_a_page_names_settings_then_the_dataset_has_them(page: str, blocks_of: Callable, root: Path) -> None:
    known = set(re.findall(r"^(\w+):", (root / f"conf/dataset/{page}.yaml").read_text(encoding="utf-8"), flags=re.M))
    written = [block.text for block in blocks_of(PAGES[page]) if block.language == "yaml"]
    assert len(written) == 2
    assert set(re.findall(r"^(\w+):", "\n".join(written), flags=re.M)) - {"defaults"} <= known


@pytest.mark.parametrize(
    ("name", "words", "code", "said"),
    [
        ("parquet", ["dataset.path=sale.parquet"], 3, "did you mean sales.parquet?"),
        ("parquet", ["dataset.amount=dollar"], 3, "did you mean dollars?"),
        ("sql", ["dataset.query='DELETE FROM purchases'"], 2, "not-one-select: dataset.query"),
        ("sql", ["dataset.path=null", "dataset.connection=UNSET_DB"], 2, "UNSET_DB is not set"),
        ("sql", ["dataset.query='SELECT * FROM purchase'"], 3, "unknown-table: dataset.query"),
    ],
)
def test_when_it_goes_wrong_then_the_command_says_one_line_and_the_right_exit_code(
    followed: Callable, name: str, words: list[str], code: int, said: str
) -> None:
    command = [COMMAND, "run", f"+experiments=from_{name}", "model=naive", *words, *CHEAP, "root=elsewhere"]
    done = subprocess.run(command, cwd=followed(name).folder, capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == code, done.stderr
    assert len(lines) == 1 and said in lines[0]
