"""Ids and exact money of customers are searched for in all that leaves: the store of MLflow, its files, the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecastlab.cli import main
from forecastlab.testing.logs import buying_rows

CANARY = "canary-"
ASKED = [
    "dataset=csv",
    "dataset.path=shop.csv",
    "dataset.customer=who",
    "dataset.time=day",
    "dataset.amount=paid",
    "dataset.warmup=null",
    "dataset.firsts_are_true=true",
    "segmentation=none",
    "backtest.horizon=4",
    "backtest.step=4",
    "backtest.select=1",
    "backtest.test=1",
    "executor=serial",
]
WINDOW = "target.look.window=4 weeks"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("shop")
    rows = buying_rows(4, 150, 280, "2024-01-01")
    days = rows["time"].dt.strftime("%Y-%m-%d")
    sales = pd.DataFrame({"who": CANARY + rows["customer_id"], "day": days, "paid": rows["amount"] / 100})
    sales["goods"] = [f"good {i}" for i in np.random.default_rng(2).geometric(0.2, len(sales)) % 9]
    sales.to_csv(place / "shop.csv", index=False)
    return place


def asked(folder: Path, monkeypatch: pytest.MonkeyPatch, study: str, *words: str) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FORECASTLAB_KEY_FILE", str(folder.parent / "home" / "key"))
    return main(["run", *ASKED, f"study={study}", *words])


def outside(folder: Path) -> list[Path]:
    """Every file that others get to see: all but the cache and the runs' own folders."""
    inside = [folder / "mlruns" / "cache", *(folder / "mlruns" / "studies").glob("*/runs")]
    return [
        path
        for path in (folder / "mlruns").rglob("*")
        if path.is_file() and not any(path.is_relative_to(place) for place in inside)
    ]


def naming(paths: list[Path], what: str) -> list[str]:
    """The files in which the words stand, columns of Parquet files among them."""
    found = []
    for path in paths:
        text = path.read_bytes()
        if path.suffix == ".parquet":
            text += pd.read_parquet(path).to_csv().encode()
        if what.encode() in text:
            found.append(str(path))
    return found


def test_when_values_are_recorded_then_no_id_leaves_and_the_key_brings_them_back(folder, monkeypatch, capsys) -> None:
    assert asked(folder, monkeypatch, "worth", WINDOW, "target=clv", "customer=regression") == 0, (
        capsys.readouterr().err
    )
    left = outside(folder)
    assert any(path.name == "customers.csv" for path in left) and any(path.name == "forecasts.parquet" for path in left)
    assert not naming(left, CANARY)
    (kept,) = (folder / "mlruns/studies/worth/runs").glob("regression-*")
    exact = pd.read_parquet(kept / "effects.parquet")
    assert exact["unique_id"].str.startswith(CANARY).all()
    largest = f"{exact['historic'].max():.2f}"
    assert naming([kept / "effects.parquet"], largest) and not naming(left, largest)

    (listed,) = [path for path in left if path.name == "customers.csv"]
    assert main(["reveal", str(listed), "back.csv", *ASKED[:7]]) == 0, capsys.readouterr().err
    back = pd.read_csv("back.csv").set_index("customer_id")["score"]
    known = exact.set_index("unique_id")["score"]
    assert back.to_dict() == pytest.approx(known.to_dict())


def test_when_customers_are_profiled_then_no_id_leaves_and_the_key_brings_the_listed_ones_back(
    folder, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FORECASTLAB_KEY_FILE", str(folder.parent / "home" / "key"))
    assert main(["profile", *ASKED[:8], "study=look", "profile.jump=1"]) == 0, capsys.readouterr().err
    left = [path for path in outside(folder) if "profile" in str(path)]
    (listed,) = [path for path in left if path.name == "jumps.list.csv" and "profiles" in path.parts]
    assert len(pd.read_csv(listed)) and any(path.name == "profile.html" for path in left)
    assert not naming(outside(folder), CANARY)
    assert main(["reveal", str(listed), "jumped.csv", *ASKED[:7]]) == 0, capsys.readouterr().err
    assert pd.read_csv("jumped.csv")["customer_id"].str.startswith(CANARY).all()


def test_when_lists_are_recorded_then_no_id_leaves_with_them(folder, monkeypatch, capsys) -> None:
    words = ["target=cross_sell", "target.offer.item=goods", "dataset.dimensions={goods: goods}", "customer=apriori"]
    assert asked(folder, monkeypatch, "lists", *words) == 0, capsys.readouterr().err
    left = outside(folder)
    assert not naming(left, CANARY)
    (listed,) = [path for path in left if path.name == "next_best.csv"]
    (ruled,) = [path for path in left if path.name == "rules.csv"]
    lists, rules = pd.read_csv(listed), pd.read_csv(ruled)
    assert len(lists) and set(lists["because"].dropna()) <= set(rules["antecedent"])
    (page,) = [path for path in left if path.name == "report.html" and path.parent.name == "lists"]
    assert "Next best products" in page.read_text(encoding="utf-8")


def test_when_a_run_fails_then_its_reason_names_nobody(folder, monkeypatch, capsys) -> None:
    words = [WINDOW, "target=churn", "target.alive=null", "customer=formula"]
    assert asked(folder, monkeypatch, "failing", *words) == 2
    assert "wrong-method" in (said := capsys.readouterr().err) and CANARY not in said
    assert not naming(outside(folder), CANARY)


def test_when_ids_may_leave_then_they_do(folder, monkeypatch, capsys) -> None:
    assert asked(folder, monkeypatch, "clear", WINDOW, "target=clv", "customer=naive", "privacy=clear") == 0
    assert naming([path for path in outside(folder) if path.name == "customers.csv"], CANARY)
