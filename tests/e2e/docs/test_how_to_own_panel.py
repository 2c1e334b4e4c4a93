"""The how-to for own series, carried out: its file, its YAML, its commands, and the errors that it shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/own-panel.md"
CHEAP = ["executor=serial", "tracking=none"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, carried_out) -> Path:
    """The folder in which every block of the page was carried out."""
    folder = tmp_path_factory.mktemp("panel")
    carried_out(PAGE, folder, lambda words, block: ["model=naive", "--cfg", "job"] if block.why_not else CHEAP)
    return folder


def forecasts(place: Path, key: str) -> list[pd.DataFrame]:
    return [pd.read_parquet(path) for path in (place / "mlruns/studies/shops/runs").glob(f"{key}-*/forecasts.parquet")]


def test_when_the_how_to_is_followed_then_the_truth_is_that_of_the_file(place: Path) -> None:
    (frame,) = forecasts(place, "ets")
    source = pd.read_csv(place / "series/shops.csv", dtype={"shop": str}, parse_dates=["month"])
    truth = source.set_index(["shop", "month"])["sold"]
    found = frame.drop_duplicates(["unique_id", "ds"]).set_index(["unique_id", "ds"])["y"]
    assert len(found) > 60 and set(frame["unique_id"]) == set(source["shop"])
    assert found.tolist() == truth.loc[found.index].tolist()


def test_when_the_how_to_is_followed_then_the_price_helps_as_the_page_says(place: Path, pages: dict[str, str]) -> None:
    board = pd.read_csv(place / "mlruns/studies/shops/leaderboard.csv")
    assert len(board) == 4 and (board["n_ok"] == board["n"]).all()
    (with_price,) = board.loc[board["method"].str.contains("column"), "mase.select"]
    (without,) = board.loc[board["method"] == "regression", "mase.select"]
    assert f"falls from {without:.2f} to {with_price:.2f} of" in pages[PAGE]


def test_when_the_how_to_is_followed_then_the_file_begins_as_the_page_shows(place: Path, pages: dict[str, str]) -> None:
    lines = (place / "series/shops.csv").read_text(encoding="utf-8").splitlines()
    (shown,) = re.findall(r"^(shop,month.*\n000,.*\n)```$", pages[PAGE], flags=re.M)
    assert shown.splitlines() == lines[:2]


def cell(line: int, column: int, text: str):
    def change(lines: list[str]) -> None:
        cells = lines[line - 1].split(",")
        cells[column] = text
        lines[line - 1] = ",".join(cells)

    return change


WRONG = {
    "duplicate-periods": cell(12, 1, "2021-10-01"),
    "gaps": cell(8, 4, ""),
    "bad-number": cell(8, 4, "many"),
    "empty-driver": cell(40, 3, ""),
    "changing-attribute": cell(31, 2, "west"),
}


@pytest.mark.parametrize("code", WRONG)
def test_when_the_file_is_wrong_then_the_error_is_the_one_on_the_page(
    code: str, place: Path, pages: dict[str, str], tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(place / "my_conf", tmp_path / "my_conf")
    lines = (place / "series/shops.csv").read_text(encoding="utf-8").splitlines()
    WRONG[code](lines)
    (tmp_path / "series").mkdir()
    (tmp_path / "series/shops.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = ["--config-dir", "my_conf", "dataset=shops", "segmentation=none", "target.series_by=[]", "root=out"]
    done = main(["plan", *words, "model=naive", *CHEAP])
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith(f"forecastlab: error {code}")]
    (shown,) = re.findall(rf"^{code}: .*$", pages[PAGE], flags=re.M)
    assert done == 3
    assert [_without_numbers(line) for line in said] == [f"forecastlab: error {_without_numbers(shown)}"]
    assert not list((tmp_path / "out").rglob("*.parquet")), "something was kept of data that cannot be used"


def test_when_the_page_names_settings_then_both_datasets_have_them(blocks_of, root: Path) -> None:
    (written,) = [block.text for block in blocks_of(PAGE) if block.language == "yaml"]
    named = set(re.findall(r"^(\w+):", written, flags=re.M)) - {"defaults"}
    for choice in ("panel_csv", "panel_parquet"):
        text = (root / f"conf/dataset/{choice}.yaml").read_text(encoding="utf-8")
        assert named <= set(re.findall(r"^(\w+):", text, flags=re.M))


def _without_numbers(text: str) -> str:
    text = re.sub(r"\b1 (row|period)\b", r"1 \1s", text)
    return re.sub(r"\d+", "N", text)
