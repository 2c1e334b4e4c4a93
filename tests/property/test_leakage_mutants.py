"""Leaks that were put in on purpose: a test of leakage that does not find them is worth nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.calibrate.conformal import Conformal
from forecastlab.combine.mean import Mean
from forecastlab.feature.lags import Lags
from forecastlab.flow import jobs
from forecastlab.flow import members as tree
from forecastlab.flow import run as line
from forecastlab.flow.experiment import Experiment
from forecastlab.model.ensemble import Ensemble
from forecastlab.model.naive import Naive
from forecastlab.model.regression import Regression
from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.rfm import Rfm
from forecastlab.stages import asof, cells, newcomers, panel
from forecastlab.target.sales import Sales
from forecastlab.testing.leakage import leaks
from forecastlab.testing.logs import random_rows, write_log
from forecastlab.testing.tampering import Loaded

RFM = Rfm("8 weeks", 3, None, {"best": {"money": (3, 3)}, "middle": {"recency": (2, 3)}, "rest": {}})
LIFECYCLE = Lifecycle("days", 14, 28, "8 weeks", "1 week", "2 weeks", 5, False)
RIDGE = Regression({"lags": Lags([1, 2], [])}, [], ["segment"], "level", 50.0)
FOLDS = Expanding(3, 0, 1, 0, 2, 1, 10)
MONEY = Sales("amount", ("segment",), "W-SUN", "rolling", True)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "log.parquet"
    log = write_log(random_rows(2, 40, 210, 800, "2024-01-01"), path, "2024-01-01", "2024-07-28", False)
    return Loaded(str(path), log.facts, "W-SUN", None, "8 weeks")


FROZEN = replace(MONEY, membership="frozen")


def found(dataset, segmentation, model, target=MONEY):
    levels = (0.2, 0.5, 0.8)
    rest = (FOLDS, BottomUp(), Conformal(False, True), {}, levels, False, {})
    experiment = Experiment(dataset, segmentation, target, {}, model, *rest)
    return {(str(leak.cutoff.date()), leak.what) for leak in leaks(experiment, ["huge"], 0)}


def whats(pairs):
    return {what for _, what in pairs}


@pytest.fixture
def job(monkeypatch):
    """What a cheat in a worker gets hold of: the job, and with it the folder where everything lies."""
    seen = {}
    honest = jobs.forecast_job

    def forecast_job(job):
        seen["job"] = job
        return honest(job)

    monkeypatch.setattr(jobs, "forecast_job", forecast_job)
    return lambda: seen["job"]


def test_when_nobody_cheats_then_no_leak_is_found(dataset):
    assert found(dataset, RFM, Ensemble({"naive": Naive(), "ridge": RIDGE}, Mean(), None)) == set()


def test_when_a_scaler_is_fitted_on_everything_then_it_is_caught(dataset, job, monkeypatch):
    honest = jobs.forecast

    def scaled(model, asks, nonnegative):
        truth = pd.read_parquet(job().panels[0] / "truth.parquet").groupby("unique_id")["y"].max()
        small = []
        for each in asks:
            grid = each.history.grid
            scale = np.maximum(np.nanmax(grid.values, axis=1), truth.reindex(grid.ids).to_numpy()) + 1
            history = replace(each.history, grid=replace(grid, values=grid.values / scale[:, None]))
            small.append(replace(each, history=history))
        answers = honest(model, small, nonnegative)
        for answer in answers:
            answer.frame["yhat"] *= np.repeat(scale, asks[0].fold.horizon)
        return answers

    monkeypatch.setattr(jobs, "forecast", scaled)
    assert {"answer of regression.yhat", "forecasts.yhat"} <= whats(found(dataset, RFM, RIDGE))


def test_when_a_model_looks_into_the_log_then_it_is_caught(dataset, job, monkeypatch):
    honest = Naive.fit

    def peek(self, history):
        (log,) = Path(job().root).rglob("data.parquet")
        lines = pd.read_parquet(log)
        fitted = honest(self, history)
        fitted.values[:] += np.log1p(lines["amount"][lines["time"] > history.cutoff].abs().mean())
        return fitted

    monkeypatch.setattr(Naive, "fit", peek)
    assert {"answer of naive.yhat", "forecasts.yhat"} <= whats(found(dataset, RFM, Naive()))


def test_when_segments_are_learnt_from_the_future_then_it_is_caught(dataset, monkeypatch):
    seen = {}
    build, fitted = panel.build, panel.fitted

    def remember(log, *rest):
        seen["log"] = log
        return build(log, *rest)

    def late(con, segmenter, cutoff):
        fitted(con, segmenter, cutoff)
        return segmenter.fit(asof.profiles(seen["log"], seen["log"].span[1], 56))

    monkeypatch.setattr(panel, "build", remember)
    monkeypatch.setattr(panel, "fitted", late)
    caught = whats(found(dataset, RFM, Naive()))
    assert {"panel", "answer of naive.yhat"} <= caught or {"series", "answer of naive"} <= caught


@pytest.mark.parametrize("segmentation", [RFM, LIFECYCLE], ids=["rfm", "lifecycle"])
def test_when_purchases_of_a_period_decide_its_own_segments_then_it_is_caught(dataset, segmentation, monkeypatch):
    honest = cells.lay_calendar

    def same_period(con, calendar, ends):
        honest(con, calendar, ends)
        con.execute("UPDATE calendar SET as_of = ds")

    monkeypatch.setattr(cells, "lay_calendar", same_period)
    assert whats(found(dataset, segmentation, Naive())) == {"segments of the first asked period's purchases"}


def of_the_last_day(log, segmenter, assigner, fold, target, calendar):
    """Customers keep the segment that they have when the asked periods are over."""
    return replace(HONEST_MEMBERSHIP(log, segmenter, assigner, fold, target, calendar), frozen_at=fold.end)


HONEST_MEMBERSHIP, HONEST_OPENED = panel.membership_of, panel.opened


def test_when_nobody_cheats_with_frozen_segments_then_no_leak_is_found(dataset):
    assert found(dataset, LIFECYCLE, Naive(), FROZEN) == set()


def test_when_frozen_segments_of_the_truth_are_those_of_its_end_then_it_is_caught(dataset, monkeypatch):
    monkeypatch.setattr(panel, "membership_of", of_the_last_day)
    caught = whats(found(dataset, LIFECYCLE, Naive(), FROZEN))
    assert caught == {"segments of the first asked period's purchases"}


def test_when_frozen_segments_of_the_past_are_those_of_later_then_it_is_caught(dataset, monkeypatch):
    monkeypatch.setattr(panel, "membership_of", of_the_last_day)
    monkeypatch.setattr(panel, "opened", lambda log, day: HONEST_OPENED(log, log.span[1]))
    caught = whats(found(dataset, RFM, Naive(), FROZEN))
    assert {"panel", "answer of naive.yhat", "forecasts.yhat"} <= caught


def test_when_future_customers_are_foretold_from_those_who_come_then_it_is_caught(dataset, monkeypatch):
    honest = newcomers.foretell

    def peek(con, series, ends, fold, *rest):
        told = honest(con, series, ends, fold, *rest)
        came = con.execute(f"SELECT sum(amount) FROM sales WHERE time > TIMESTAMP '{fold.cutoff}'").fetchall()[0][0]
        return told.assign(yhat=told["yhat"] + came)

    monkeypatch.setattr(newcomers, "foretell", peek)
    monkeypatch.setattr(panel, "opened", lambda log, day: HONEST_OPENED(log, log.span[1]))
    assert {"future customers.yhat", "forecasts.yhat"} <= whats(found(dataset, RFM, Naive(), FROZEN))


def test_when_calibration_uses_errors_from_after_the_cutoff_then_it_is_caught(dataset, monkeypatch):
    honest = line.settle

    def early(forecasts, fold, summing, truth, reference, past, *rest):
        known = past.assign(ds=past["ds"].clip(upper=fold.cutoff)) if len(past) else past
        return honest(forecasts, fold, summing, truth, reference, known, *rest)

    monkeypatch.setattr(line, "settle", early)
    caught = whats(found(dataset, RFM, Naive()))
    assert {"forecasts.q0.2", "forecasts.q0.8"} <= caught
    assert "forecasts.yhat" not in caught


def test_when_weights_are_learnt_from_the_test_folds_then_it_is_caught(dataset, job, monkeypatch):
    def weighted(answers, how, past):
        first = next(iter(answers.values()))
        truths = [pd.read_parquet(path) for path in sorted(Path(job().root).rglob("truth.parquet"))]
        truth = pd.concat(truths).drop_duplicates(["unique_id", "ds"]).set_index(["unique_id", "ds"])["y"]
        y = truth.reindex(pd.MultiIndex.from_frame(first[["unique_id", "ds"]])).to_numpy()
        weight = {name: 1 / (1 + np.nansum(np.abs(frame["yhat"] - y))) for name, frame in answers.items()}
        yhat = sum(weight[name] * frame["yhat"] for name, frame in answers.items()) / sum(weight.values())
        return first.assign(yhat=yhat)

    monkeypatch.setattr(tree, "combine", weighted)
    model = Ensemble({"naive": Naive(), "seasonal": SeasonalNaive(), "ridge": RIDGE}, Mean(), None)
    caught = found(dataset, RFM, model)
    assert "forecasts.yhat" in whats(caught)
    assert not any(what.startswith("answer") for what in whats(caught))
