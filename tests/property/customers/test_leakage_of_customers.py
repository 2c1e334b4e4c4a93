"""Rows after a cutoff are made up, and no score of any method for customers may change by a bit."""

import dataclasses

import numpy as np
import pytest

from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.schema.customers import Look
from forecastlab.schema.items import Offer
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import customer_features, customers, opened
from forecastlab.target.churn import Churn
from forecastlab.target.clv import Clv
from forecastlab.target.conversion import Conversion
from forecastlab.target.cross_sell import CrossSell
from forecastlab.target.next_purchase import NextPurchase
from forecastlab.target.uplift import Uplift
from forecastlab.target.winback import Winback
from forecastlab.testing.customer_leakage import customer_leaks
from forecastlab.testing.logs import buying_rows, random_table, write_log, write_tables
from forecastlab.testing.parts import build_parts, choices
from forecastlab.testing.tampering import ON_LOGS, Loaded

METHODS = [name for group, name in choices(None) if group == "customer"]
LOOK = Look("4 weeks", 2, None, ("kind_of_goods",), ("shop", "events.visit.count", "events.recency", "feedback.mean"))
TARGETS = (
    Churn("W-SUN", "rhythm", 2.0, "20 weeks", LOOK),
    Clv("W-SUN", 0.3, None, LOOK),
    Winback("W-SUN", "3 weeks", LOOK),
    Clv("W-SUN", 1.0, "20 weeks", LOOK),
    Conversion("W-SUN", "customers", "events.visit", "8 weeks", "events.click", False, LOOK),
    NextPurchase("W-SUN", None, LOOK),
    Conversion("W-SUN", "both", "events", "30 weeks", "purchase", True, LOOK),
    Uplift("W-SUN", "events.mailed", "events.held", None, None, LOOK),
    Uplift("W-SUN", "campaigns", None, "events.visit", "20 weeks", LOOK),
    CrossSell("W-SUN", None, Offer("goods", "new", 5, (), "8 weeks")),
    CrossSell("W-SUN", "20 weeks", Offer("goods", "any", 5, ("goods 3",), "8 weeks")),
)
BUYING = ("bg_nbd", "mbg_nbd", "pareto_nbd", "rhythm")
"""Methods that foretell purchases, and no other event."""
SPLIT = {"horizon": 4, "gap": 1, "step": 5, "select": 1, "test": 1, "min_train": 20, "refit_every": 2}


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    wanted = [("customer", name) for name in METHODS] + [("backtest", "expanding")]
    return build_parts(wanted, None, {("backtest", "expanding"): SPLIT}, tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "log.parquet"
    rows = buying_rows(1, 120, 280, "2024-01-01")
    rows["goods"] = [f"goods {i}" for i in np.random.default_rng(6).geometric(0.2, len(rows)) % 12]
    log = write_log(rows, path, "2024-01-01", "2024-10-04", True)
    kinds = {"events": ["visit", "click", "mailed", "held"], "feedback": ["complaint"], "campaigns": ["offer"]}
    tables = {name: random_table(2, 120, 280, 900, "2024-01-01", of) for name, of in kinds.items()}
    tables["campaigns"]["value"] = tables["campaigns"]["value"].gt(2.0).astype(float)
    log = write_tables(log, tables)
    return Loaded(str(path), log.facts, "W-SUN", 4, None)


def question(parts, dataset, name, i):
    method = parts["customer", name]
    fitting = [
        each
        for each in TARGETS
        if each.kind in method.kinds and not (getattr(each, "event", "") == "other" and name in BUYING)
    ]
    backtest = dataclasses.replace(parts["backtest", "expanding"], gap=i % 2)
    target = fitting[i % len(fitting)]
    return CustomerExperiment(dataset, NO_SEGMENTS(), target, method, backtest, {}, (0.1, 0.9))


@pytest.mark.parametrize("i", range(len(METHODS)), ids=METHODS)
def test_when_later_rows_are_tampered_with_then_no_score_changes(parts, dataset, i):
    hows = [ON_LOGS[i % len(ON_LOGS)]]
    assert not customer_leaks(question(parts, dataset, METHODS[i], i), hows, i)


def test_when_features_look_four_weeks_ahead_then_the_leak_is_found(parts, dataset, monkeypatch):
    ahead = customer_features._ASK.replace("v.day <= a.as_of\nGROUP", "v.day <= a.as_of + 28\nGROUP")
    assert ahead != customer_features._ASK
    monkeypatch.setattr(customer_features, "_ASK", ahead)
    monkeypatch.setattr(customers, "opened", lambda log, _: opened.opened(log, log.span[1]))
    found = {leak.what for leak in customer_leaks(question(parts, dataset, "naive", 1), ["huge"], 1)}
    assert {"customers", "scores"} <= found


@pytest.mark.campaign
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("shift", range(len(TARGETS)))
def test_when_everything_is_done_to_every_method_then_no_score_changes(parts, dataset, name, shift):
    assert not customer_leaks(question(parts, dataset, name, shift), None, shift)
