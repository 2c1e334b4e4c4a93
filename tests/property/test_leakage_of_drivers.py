"""Drivers after a cutoff are made up, all but those declared known, and no bit of any forecast may change.

Then leaks are put in on purpose: a check that does not find them is worth nothing.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.calibrate.conformal import Conformal
from forecastlab.combine.mean import Mean
from forecastlab.driver.column import Column
from forecastlab.driver.holidays import Holidays
from forecastlab.driver.table import Table
from forecastlab.flow import jobs
from forecastlab.flow.experiment import Experiment
from forecastlab.model.ensemble import Ensemble
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import Facts, Ledger
from forecastlab.segmentation.none import NoSegments
from forecastlab.target.sales import Sales
from forecastlab.testing.leakage import check_no_leak, leaks
from forecastlab.testing.logs import random_rows, write_log
from forecastlab.testing.parts import build_parts
from forecastlab.testing.tampering import Loaded

WEEKS = pd.date_range("2024-01-07", periods=40, freq="W-SUN")
MODELS = ("regression", "xgboost", "arima")
FOLDS = Expanding(3, 1, 2, 1, 2, 1, 14)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    built = build_parts([("model", name) for name in MODELS], None, {}, tmp_path_factory.mktemp("root"))
    return {name: part for (_, name), part in built.items()}


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "log.parquet"
    made = write_log(random_rows(1, 40, 280, 900, "2024-01-01"), path, "2024-01-01", "2024-10-04", False)
    return Loaded(str(path), made.facts, "W-SUN", None, None)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Prices by shop and week, and of which rule each column is."""
    draw = np.random.default_rng(5)
    path = tmp_path_factory.mktemp("drivers") / "prices.csv"
    shops = [pd.DataFrame({"day": WEEKS, "shop": shop, "price": draw.uniform(1, 3, len(WEEKS))}) for shop in "abc"]
    pd.concat(shops).to_csv(path, index=False)
    return path


def prices(file, future, lag=0, scenario=None):
    form = (",", ".", "%Y-%m-%d")
    return Table(str(file), "day", {"shop": "shop"}, {"price": "price"}, "mean", *form, future, lag, scenario)


def on_log(log, drivers, model):
    target = Sales("amount", ("shop",), "W-SUN", "rolling", True)
    rest = (FOLDS, BottomUp(), Conformal(False, True), {}, (0.2, 0.5, 0.8), False, {})
    return Experiment(log, NoSegments(), target, drivers, model, *rest)


def whats(experiment, hows=("random",)):
    return {leak.what for leak in leaks(experiment, list(hows), 3)}


@pytest.fixture
def every_rule(file):
    return {
        "last": prices(file, "last"),
        "late": prices(file, "last", lag=2),
        "own": prices(file, "forecast", lag=1),
        "dearer": prices(file, "scenario", scenario={"price": "+10%"}),
        "planned": prices(file, "known"),
        "dropped": prices(file, "drop"),
        "days": Holidays("US", None, None, False, False, 3, "known", 0, None),
    }


def test_when_drivers_of_every_rule_are_tampered_with_then_no_forecast_changes(log, every_rule, models):
    check_no_leak(on_log(log, every_rule, Ensemble(models, Mean(), None)), ["random"], 1)
    check_no_leak(on_log(log, every_rule, models["regression"]), ["huge", "halved", "gone", "newcomers"], 2)


@pytest.mark.parametrize("future", ["last", "forecast", "known"])
def test_when_columns_of_a_panel_are_tampered_with_then_no_forecast_changes(tmp_path, models, future):
    draw = np.random.default_rng(8)
    months = pd.date_range("2021-01-31", periods=30, freq="ME")
    parts = [pd.DataFrame({"unique_id": f"s{i}", "ds": months, "price": draw.uniform(1, 3, 30)}) for i in range(3)]
    frame = pd.concat(parts, ignore_index=True)
    frame.assign(y=50 - 9 * frame["price"]).to_parquet(tmp_path / "panel.parquet")
    facts = Facts("panel", "2021-01-01", "2023-06-30", (), False, Ledger(90, 0, 90, 0), drivers=("price",))
    dataset = Loaded(str(tmp_path / "panel.parquet"), facts, "M", 12, None)
    drivers = {"column": Column(("price",), future, 1, None)}
    target = Sales("amount", (), "M", "rolling", True)
    experiment = replace(on_log(dataset, drivers, models["regression"]), target=target)
    check_no_leak(experiment, ["random", "halved", "novelties"], 1)


def test_when_realised_values_are_taken_for_the_last_then_it_is_caught(log, file, models, monkeypatch):
    honest = jobs.lay
    monkeypatch.setattr(jobs, "lay", lambda tables, history, fold, oracle: honest(tables, history, fold, True))
    found = whats(on_log(log, {"shop": prices(file, "last")}, models["regression"]))
    assert {"answer of regression.yhat", "forecasts.yhat"} <= found


def test_when_the_publication_lag_is_forgotten_then_it_is_caught(log, file, models, monkeypatch):
    honest = jobs.lay

    def early(tables, history, fold, oracle):
        return honest(tuple(replace(table, lag=0) for table in tables), history, fold, oracle)

    monkeypatch.setattr(jobs, "lay", early)
    experiment = on_log(log, {"shop": prices(file, "last", lag=2)}, models["regression"])
    assert "answer of regression.yhat" in whats(experiment)
    prompt = replace(experiment, drivers={"shop": prices(file, "last")})
    assert not whats(prompt)


def test_when_an_oracle_is_asked_then_it_is_known_for_one(log, file, models):
    experiment = replace(on_log(log, {"shop": prices(file, "last")}, models["regression"]), oracle=True)
    assert {"driver shop.price", "answer of regression.yhat"} <= whats(experiment)
