"""Drivers through the whole line, on series that are an exact function of a driver: all worked out by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.cache.store import Store
from forecastlab.calibrate.conformal import Conformal
from forecastlab.driver.column import Column
from forecastlab.executor.serial import Serial
from forecastlab.feature.drivers import Drivers
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.flow.work import run_key
from forecastlab.model.regression import Regression
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import DataError, Facts, Ledger
from forecastlab.segmentation.none import NoSegments
from forecastlab.target.sales import Sales
from forecastlab.testing.tampering import Loaded

MONTHS = pd.date_range("2021-01-31", periods=30, freq="ME")
NAMES = ("north", "south")
SLOPE, LEVEL = {"north": -5.0, "south": -2.0}, 100.0
LEAST_SQUARES = Regression({"drivers": Drivers(None, (0,))}, ["unique_id"], [], "level", 0.0)
FOLDS = Expanding(3, 0, 3, 1, 2, 1, 14)


@pytest.fixture(scope="module")
def prices():
    draw = np.random.default_rng(4)
    return pd.DataFrame({name: draw.uniform(1, 9, 30) for name in NAMES}, index=MONTHS)


@pytest.fixture(scope="module")
def sales(prices):
    """North sells 100 less 5 per unit of its price, south 100 less 2: nothing else happens."""
    return LEVEL + prices * pd.Series(SLOPE)


@pytest.fixture
def experiment(tmp_path, prices, sales):
    long = sales.melt(var_name="unique_id", value_name="y", ignore_index=False).rename_axis("ds").reset_index()
    long["price"] = prices.melt()["value"].to_numpy()
    long.to_parquet(tmp_path / "panel.parquet")
    facts = Facts("panel", "2021-01-01", "2023-06-30", (), False, Ledger(60, 0, 60, 0), drivers=("price",))
    dataset = Loaded(str(tmp_path / "panel.parquet"), facts, "M", 12, None)
    rest = (FOLDS, BottomUp(), Conformal(False, True), {}, (0.2, 0.5, 0.8), False, {})
    drivers = {"column": Column(("price",), "last", 0, None)}
    return Experiment(dataset, NoSegments(), Sales("amount", (), "M", "rolling", True), drivers, LEAST_SQUARES, *rest)


def results(experiment, tmp_path):
    store = Store(tmp_path / "store")
    return list(run(experiment, prepare(experiment, store), store, Serial()))


def forecasts(result):
    return result.frame.pivot(index="ds", columns="unique_id", values="yhat")


def declared(experiment, future, lag=0, scenario=None):
    return replace(experiment, drivers={"column": Column(("price",), future, lag, scenario)})


def test_when_the_last_price_goes_on_then_each_forecast_is_what_it_would_sell(experiment, tmp_path, prices):
    told = results(experiment, tmp_path)
    assert [result.fold.role for result in told] == ["select", "test", "test"]
    for result in told:
        expected = LEVEL + prices.loc[result.fold.cutoff] * pd.Series(SLOPE)
        for _, row in forecasts(result).iterrows():
            np.testing.assert_allclose(row[list(NAMES)], expected, rtol=1e-9)


def test_when_the_price_is_known_or_seen_by_an_oracle_then_every_forecast_is_right(experiment, tmp_path, sales):
    for each in (declared(experiment, "known"), replace(experiment, oracle=True)):
        for result in results(each, tmp_path):
            np.testing.assert_allclose(forecasts(result)[list(NAMES)], sales.loc[result.fold.dates], rtol=1e-9)


def test_when_an_oracle_is_asked_then_it_beats_the_honest_answer_and_is_another_run(experiment, tmp_path):
    oracle = replace(experiment, oracle=True)
    wrong = [
        np.concatenate([(result.frame["yhat"] - result.frame["y"]).abs() for result in results(each, tmp_path)]).mean()
        for each in (experiment, oracle)
    ]
    assert wrong[0] > 1 and wrong[1] < 1e-6
    store = Store(tmp_path / "store")
    assert run_key(experiment, prepare(experiment, store)) != run_key(oracle, prepare(oracle, store))


def test_when_prices_are_published_late_then_the_last_published_one_goes_on(experiment, tmp_path, prices):
    # The two unpublished months carry the price before them, so least squares no longer fit exactly. The first month
    # has none before it, and regressions do not learn from it.
    late = declared(experiment, "last", lag=2)
    for result in results(late, tmp_path):
        seen = prices.loc[: result.fold.cutoff].iloc[:-2]
        told = seen.reindex(prices.loc[: result.fold.cutoff].index).ffill()
        for name in NAMES:
            sold = LEVEL + SLOPE[name] * prices.loc[: result.fold.cutoff, name]
            slope, level = np.polyfit(told[name].iloc[1:], sold.iloc[1:], 1)
            np.testing.assert_allclose(forecasts(result)[name], level + slope * seen[name].iloc[-1], rtol=1e-9)


def test_when_a_scenario_is_declared_then_forecasts_follow_it(experiment, tmp_path, prices):
    for result in results(declared(experiment, "scenario", scenario={"price": "+10%"}), tmp_path):
        expected = LEVEL + 1.1 * prices.loc[result.fold.cutoff] * pd.Series(SLOPE)
        for _, row in forecasts(result).iterrows():
            np.testing.assert_allclose(row[list(NAMES)], expected, rtol=1e-9)


def test_when_it_is_asked_what_if_then_the_last_fold_answers_beside_the_forecast(experiment, tmp_path, prices):
    asked = replace(experiment, what_if={"dearer": {"column.price": "+10%"}, "free": {"column.price": 0}})
    *early, last = results(asked, tmp_path)
    assert not any(len(result.what_if) for result in early)
    price = prices.loc[last.fold.cutoff]
    for scenario, paid in (("dearer", 1.1 * price), ("free", 0 * price)):
        rows = last.what_if[last.what_if["scenario"] == scenario].set_index("unique_id")
        for name in NAMES:
            np.testing.assert_allclose(rows.loc[name, "yhat"], LEVEL + SLOPE[name] * paid[name], rtol=1e-9)
            np.testing.assert_allclose(rows.loc[name, "base"], LEVEL + SLOPE[name] * price[name], rtol=1e-9)


def test_when_effects_are_asked_for_then_they_are_the_slopes(experiment, tmp_path):
    effects = results(experiment, tmp_path)[-1].effects.set_index("unique_id")
    for name in NAMES:
        assert effects.loc[name, "driver"] == "drivers.column.price"
        assert effects.loc[name, "coefficient"] == pytest.approx(SLOPE[name], rel=1e-9)


def test_when_a_known_price_is_missing_then_the_run_ends_with_one_line(experiment, tmp_path):
    frame = pd.read_parquet(experiment.dataset.path)
    frame.loc[frame["ds"] == MONTHS[-1], "price"] = np.nan
    frame.to_parquet(experiment.dataset.path)
    message = r"driver.column: column.price is declared known and has no value in 1 of the 3.*2023-06-30"
    with pytest.raises(DataError, match=message):
        results(declared(experiment, "known"), tmp_path)
