"""``profile``, as it is typed, and the gate of the data in runs: what is written, recorded, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.recipe import build, compose

LATE = "quality.as_of='2024-07-28'"
"""The shop's 60 weeks end on 25 February 2024; held against this day, 22 of 82 weeks are missing."""


def words(shop, command, root, *more):
    return [command, "--config-dir", str(shop.conf), "dataset=shop", f"root={shop.place / root}", *more]


def runs(shop, root, study):
    recipe = build(compose([f"root={shop.place / root}"]))
    return recipe.tracking.open(study, "").runs()


@pytest.fixture(scope="module")
def profiled(shop):
    """The shop profiled twice, and what the commands printed."""
    return [shop.here(words(shop, "profile", "prof", "quality.require=0.9")) for _ in range(2)]


def test_when_data_is_profiled_then_shares_page_and_tables_are_there(shop, profiled):
    done = profiled[0]
    assert done.code == 0, done.err
    assert "accuracy      100.00%" in done.out and "passed: accuracy 100.00%, at least 90.00% is required" in done.out
    assert "left out: response: The data has no quantity" in done.out
    page = Path(done.out.strip().splitlines()[-1])
    assert page == shop.place / "prof/profiles/shop/profile.html"
    text = page.read_text(encoding="utf-8")
    assert 'id="jumps"' in text and 'id="response"' not in text and "broken" not in text.split("<main>")[1]
    sales = pd.read_csv(shop.place / "sales.csv", dtype={"Kunde": str})
    found = pd.read_csv(page.parent / "tables/distribution.values.csv")
    assert found["cents"].sum() == round(sales["Betrag"].sum() * 100)
    listed = pd.read_csv(page.parent / "tables/jumps.list.csv", dtype=str)
    assert len(listed) and listed["unique_id"].str.fullmatch("p[0-9a-f]{20}").all()


def test_when_it_is_profiled_again_then_there_is_one_run_with_its_figures_and_no_second(shop, profiled):
    (run,) = runs(shop, "prof", "profile shop")
    assert profiled[1].code == 0 and run.status == "FINISHED"
    assert run.metrics["quality.accuracy"] == 1 and run.metrics["quality.required"] == 0.9
    assert run.tags["forecastlab.quality"].startswith("passed") and run.tags["kind"] == "profile"
    assert run.params["quality.require"] == "0.9" and "model.part" not in run.params
    assert run.metrics["rfm.customers"] == 40


def test_when_data_fails_its_gate_then_the_page_is_there_and_the_exit_code_is_3(shop, profiled, tmp_path):
    page = tmp_path / "deep" / "page.html"
    done = shop.here(
        words(shop, "profile", "prof", "quality.require=0.9", LATE, "report.language=zh", f"out={page}", "study=late")
    )
    assert done.code == 3 and "数据未通过门槛" in page.read_text(encoding="utf-8")
    (line,) = done.err.strip().splitlines()
    assert "error low-quality: " in line and "sales.csv: accuracy is 73.17%, quality.require is 90.00%" in line
    assert "timeliness 73.17% (period without a row: 22 of 82)" in line and line.endswith("quality.require=0.731.")


def test_when_a_run_requires_what_the_data_is_not_then_it_stops_and_is_recorded_as_failed(shop, profiled):
    small = ("model=naive", "executor=serial", "backtest.horizon=2", "backtest.select=2", "backtest.test=1")
    done = shop.here(words(shop, "run", "prof", *small, "study=gated", "quality.require=0.9", LATE))
    assert done.code == 3 and "low-quality" in done.err and "accuracy is 73.17%" in done.err
    assert not list((shop.place / "prof/studies/gated").rglob("forecasts.parquet"))
    assert shop.here(words(shop, "run", "prof", *small, "study=gated", "quality.require=0.9")).code == 0
    asked = (*small[1:], "model=regression", "study=searched", "quality.require=0.9", LATE)
    assert shop.here(words(shop, "tune", "prof", *asked)).code == 3
    found = {run.status: run for run in runs(shop, "prof", "gated") if run.tags["kind"] == "method"}
    assert set(found) == {"FINISHED"}, "the failed run of the same question gave way to the one that passed"
    assert found["FINISHED"].tags["forecastlab.quality"].startswith("passed: accuracy 100.00%")
    assert found["FINISHED"].metrics["quality.timeliness"] == 1
    (kept,) = (shop.place / "prof/studies/gated/runs").glob("*/run.json")
    assert json.loads(kept.read_text(encoding="utf-8"))["data"]["quality"]["passed"] is True


def test_when_the_store_is_dead_then_nothing_is_lost(shop):
    done = shop.here(words(shop, "profile", "dead", "tracking.uri=http://127.0.0.1:9", "profile.accounts=1"))
    assert done.code == 0 and (shop.place / "dead/profiles/shop/profile.html").is_file()
    spooled = [path for path in (shop.place / "dead").rglob("*") if path.is_file() and "spool" in str(path)]
    assert any("quality.accuracy" in path.read_text(errors="ignore") for path in spooled if path.suffix == ".jsonl")
    assert any(path.name == "profile.html" for path in spooled), [str(path) for path in spooled]


def test_when_a_word_is_wrong_then_one_line_says_so_before_anything_is_written(shop):
    done = shop.here(words(shop, "profile", "never", "segmentation=lifecycl", "tracking=none"))
    assert done.code == 2 and "did you mean lifecycle" in done.err and not (shop.place / "never").exists()
    done = shop.here(words(shop, "profile", "never", "quality.require=95", "tracking=none"))
    assert done.code == 2 and "quality.require" in done.err and not (shop.place / "never").exists()
