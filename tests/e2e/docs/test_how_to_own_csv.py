"""The how-to for an own CSV, carried out: its file, its YAML, its command, and what it says of errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/own-csv.md"


def test_when_the_how_to_is_followed_then_there_is_a_leaderboard_of_its_methods(shop) -> None:
    board = pd.read_csv(shop.folder / "mlruns/studies/shop/leaderboard.csv")
    assert sorted(board["method"]) == ["naive", "theta"]
    assert (board["n_ok"] == board["n"]).all() and (board["n"] > 0).all()
    assert board["wape.select"].between(0, 1).all()
    assert "shop: WAPE (%) of the total" in shop.output


def test_when_the_how_to_is_followed_then_the_file_begins_as_the_page_shows(shop, blocks_of) -> None:
    shown = next(block.text for block in blocks_of(PAGE) if block.text.startswith("Kunde;"))
    assert (shop.folder / "sales/tills.csv").read_text(encoding="latin-1").startswith(shown)


def test_when_the_how_to_is_followed_then_its_truth_is_the_money_of_the_file(shop) -> None:
    (run,) = (shop.folder / "mlruns/studies/shop/runs").glob("naive-*")
    forecasts = pd.read_parquet(run / "forecasts.parquet")
    sales = pd.read_csv(shop.folder / "sales/tills.csv", sep=";", dtype=str, encoding="latin-1")
    amount = sales["Betrag"].str.replace(".", "").str.replace(",", ".").astype(float)
    week = pd.to_datetime(sales["Datum"], format="%d.%m.%Y").dt.to_period("W-SUN").dt.end_time.dt.normalize()
    money = amount.groupby(week).sum()
    total = forecasts[forecasts["level"] == "total"].drop_duplicates("ds").set_index("ds")["y"]
    assert len(total) > 10
    pd.testing.assert_series_equal(total, money.reindex(total.index), check_names=False, atol=0.001, rtol=0)

    nobody = forecasts[forecasts["segment"] == "anonymous"].drop_duplicates("ds").set_index("ds")["y"]
    without = amount[sales["Kunde"].isna()].groupby(week).sum()
    pd.testing.assert_series_equal(
        nobody, without.reindex(nobody.index).fillna(0.0), check_names=False, atol=0.001, rtol=0
    )


def test_when_dates_are_written_otherwise_then_the_error_is_the_one_on_the_page(
    shop, pages: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = re.findall(r"^bad-date: .*$", pages[PAGE], flags=re.M)
    monkeypatch.chdir(shop.folder)
    code = main(["plan", "--config-dir", "my_conf", "dataset=shop", "dataset.date_format='%m/%d/%Y'", "root=elsewhere"])
    lines = capsys.readouterr().err.splitlines()
    assert code == 3
    assert [_without_numbers(line) for line in lines] == [f"forecastlab: error {_without_numbers(shown)}"]


def test_when_the_page_names_settings_then_the_dataset_has_them(
    blocks_of: Callable[[str], Iterable], root: Path
) -> None:
    known = set(re.findall(r"^(\w+):", (root / "conf/dataset/csv.yaml").read_text(encoding="utf-8"), flags=re.M))
    (written,) = [block.text for block in blocks_of(PAGE) if block.language == "yaml"]
    assert set(re.findall(r"^(\w+):", written, flags=re.M)) - {"defaults"} <= known


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "N", text)
