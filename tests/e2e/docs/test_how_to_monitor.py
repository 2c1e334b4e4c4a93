"""The how-tos for monitoring and for plans, carried out: months go by in a shop, until half of its demand is gone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE, NEXT = "docs/how-to/monitor.md", "docs/how-to/department-plans.md"
CHEAP = ["executor=serial"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, carried_out) -> Path:
    """The folder in which every block of both pages was carried out; the last check is left to the tests."""
    folder = tmp_path_factory.mktemp("monitor")

    def rest(words: list[str], block) -> list[str]:
        if block.why_not or words[0] == "list":
            return ["--help"]
        return CHEAP + (["tracking=none"] if words[0] == "run" else [])

    carried_out(PAGE, folder, rest)
    carried_out(NEXT, folder, rest)
    return folder


def states(place: Path) -> list[str]:
    found = [json.loads(path.read_text("utf-8")) for path in place.glob("mlruns/monitor/tea/*/check.json")]
    return sorted(each["state"] for each in found)


def test_when_months_go_by_then_checks_are_early_then_fine_then_an_alarm(place, monkeypatch, capsys, blocks_of):
    assert states(place) == ["early", "fine"]
    monkeypatch.chdir(place)
    assert main(["monitor", "--config-dir", "my_conf", "model=tea", *CHEAP]) == 6
    told = capsys.readouterr().out
    shown = [block.text for block in blocks_of(PAGE) if block.text.startswith("tea version 1")][-1]
    assert [kept(line) for line in shown.splitlines() if kept(line) not in map(kept, told.splitlines())] == []
    assert states(place) == ["alarm", "early", "fine"]
    page = (place / "mlruns/monitor/tea/tea.html").read_text("utf-8")
    assert "Alarm on 24 Nov 2024" in page and "forecastlab run" in page


def test_when_the_same_is_checked_again_then_it_is_the_same_check(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    assert main(["monitor", "model=tea", *CHEAP]) == 6
    first = sorted(path.name for path in place.glob("mlruns/monitor/tea/tea-*"))
    assert main(["monitor", "model=tea", *CHEAP]) == 6
    assert sorted(path.name for path in place.glob("mlruns/monitor/tea/tea-*")) == first


def test_when_an_earlier_day_is_asked_then_later_sales_are_not_known(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    assert main(["monitor", "model=tea", "as_of=2024-10-27", *CHEAP]) == 0
    assert "fine" in capsys.readouterr().out.splitlines()[1]
    assert main(["monitor", "model=tea", "as_of=2024-10-28", *CHEAP]) == 2
    assert "bad-cutoff" in capsys.readouterr().err
    assert main(["monitor", "model=tea", "as_of=yesterday", *CHEAP]) == 2
    assert "bad-value: as_of: found yesterday" in capsys.readouterr().err


def test_when_no_prediction_is_stored_then_the_error_says_what_to_type(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    (place / "mlruns/predictions").rename(place / "mlruns/elsewhere")
    try:
        assert main(["monitor", "--config-dir", "my_conf", "model=tea", *CHEAP]) == 2
    finally:
        (place / "mlruns/elsewhere").rename(place / "mlruns/predictions")
    told = capsys.readouterr().err
    assert "no-prediction" in told and "type forecastlab predict model=tea/1 --config-dir my_conf." in told


def test_when_checks_are_recorded_then_each_is_a_run_with_its_reason(place):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{place}/mlruns/mlflow.db")
    study = client.get_experiment_by_name("monitor tea")
    runs = {run.data.tags["forecastlab.monitor.state"]: run for run in client.search_runs([study.experiment_id])}
    assert {"early", "fine", "alarm"} <= set(runs)
    alarm = runs["alarm"]
    assert alarm.data.metrics["n_alarm"] >= 1 and alarm.data.metrics["error.p"] < 0.01
    assert "forecasts of the newest origin were wrong by" in alarm.data.tags["mlflow.note.content"]
    assert {each.path for each in client.list_artifacts(alarm.info.run_id)} == {"findings.csv", "tea.html"}


def test_when_a_sales_plan_is_made_then_its_parts_sum_to_the_whole(place):
    plan = pd.read_csv(place / "plans/sales.csv")
    total = plan[(plan["segment"] == "(all)") & (plan["region"] == "(all)")].set_index("period")["plan"]
    parts = plan[(plan["segment"] != "(all)") & (plan["region"] != "(all)")].groupby("period")["plan"].sum()
    pd.testing.assert_series_equal(total, parts, check_names=False)
    assert (plan["low"] <= plan["plan"] + 1e-9).all() and (plan["plan"] <= plan["high"] + 1e-9).all()
    assert plan["before"].notna().all() and len(total) == 4


def test_when_a_stock_plan_is_made_then_more_service_needs_more_stock(place, monkeypatch):
    monkeypatch.chdir(place)
    ask = ["predict", "+preset=stock_plan", "model=pieces@challenger", "preset.lead=2", *CHEAP]
    assert main([*ask, "preset.service=0.6", "out=plans/less.parquet"]) == 0
    more, less = pd.read_csv(place / "plans/stock.csv"), pd.read_parquet(place / "plans/less.parquet")
    both = more.merge(less, on="product", suffixes=("", "_less"))
    assert sorted(both["product"]) == ["black", "green", "mint"]
    assert (both["safety_stock"] > both["safety_stock_less"]).all() and (both["demand"] == both["demand_less"]).all()


def test_when_products_are_reviewed_then_the_fall_of_november_is_told(place):
    review = pd.read_csv(place / "plans/review.csv")
    assert set(review["verdict"]) <= {"grows", "declines", "unclear"}
    assert review["share"].sum() == pytest.approx(1)
    assert ((review["change_low"] <= review["change"]) & (review["change"] <= review["change_high"])).all()


def test_when_a_plan_needs_what_the_method_does_not_foretell_then_the_error_says_what_to_register(
    place, monkeypatch, capsys
):
    monkeypatch.chdir(place)
    assert main(["predict", "+preset=stock_plan", "model=tea", *CHEAP]) == 2
    assert "not-pieces" in capsys.readouterr().err
    assert main(["predict", "+preset=product_review", "model=tea", *CHEAP]) == 2
    assert "'target.series_by=[product]'" in capsys.readouterr().err


def kept(line: str) -> str:
    """A line without its digits: figures may differ in the last place."""
    return re.sub(r"[\s\d]+", " ", line).strip()
