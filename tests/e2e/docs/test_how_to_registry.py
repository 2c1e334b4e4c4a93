"""The how-tos for registering and for predicting, carried out: from a study to a champion, back, and into files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE, NEXT = "docs/how-to/register-and-promote.md", "docs/how-to/predict.md"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, shop, carried_out) -> Path:
    """A copy of the shop in which every block of both pages was carried out."""
    folder = tmp_path_factory.mktemp("registry") / "shop"
    shutil.copytree(shop.folder, folder, ignore=shutil.ignore_patterns("mlruns"))

    def rest(words: list[str], block) -> list[str]:
        if block.why_not:
            return ["--help"]
        return ["executor=serial", *(["tracking=none"] if words[0] == "run" else [])]

    carried_out(PAGE, folder, rest)
    carried_out(NEXT, folder, rest)
    return folder


def test_when_the_pages_are_followed_then_the_first_champion_is_back_and_the_decisions_are_kept(place: Path) -> None:
    decisions = [json.loads(path.read_text("utf-8")) for path in place.glob("mlruns/artifacts/**/decision.json")]
    assert sorted((each["version"], each["decision"]) for each in decisions) == [(1, "passed"), (2, "forced")]
    assert {each["name"] for each in decisions[0]["findings"]} >= {"error", "coverage", "quality", "looks"}


def test_when_a_weaker_challenger_comes_then_the_gate_refuses_it(place: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(place)
    assert main(["promote", "model=planning/2", "--dry-run", "executor=serial"]) == 4
    told = capsys.readouterr().out
    assert "planning version 2: against version 1" in told and "FAIL  better:" in told and "not enough evidence" in told


def test_when_the_page_shows_the_gate_then_it_prints_the_same_lines(
    place: Path, blocks_of, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(place)
    shown = next(block.text for block in blocks_of(PAGE) if block.text.startswith("planning version 1"))
    for bar in ("error", "coverage", "quality", "looks"):
        assert f"  pass  {bar}: " in shown
    main(["promote", "model=planning/2", "--dry-run", "executor=serial"])
    printed = {_without_digits(line)[6:] for line in capsys.readouterr().out.splitlines()}
    alike = [line for line in shown.splitlines() if re.match("  pass  (error|coverage|quality|looks)", line)]
    assert {_without_digits(line)[6:] for line in alike} <= printed


def test_when_other_sources_hold_the_same_sales_then_the_forecast_is_the_same(place: Path) -> None:
    plan = pd.read_csv(place / "plan.csv", parse_dates=["ds", "cutoff"])
    parquet, sqlite = (pd.read_parquet(place / f"from_{name}.parquet") for name in ("parquet", "sqlite"))
    pd.testing.assert_frame_equal(parquet, sqlite, check_exact=True)
    total = parquet[parquet["level"] == "total"]
    first = plan[(plan["level"] == "total") & plan["ds"].isin(total["ds"])]
    assert total["yhat"].to_numpy() == pytest.approx(first["yhat"].to_numpy(), rel=1e-12) and len(total) == 2


def _without_digits(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\d.]+", "N", text)).strip()
