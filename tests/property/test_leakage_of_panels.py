"""Panels of one's own, with drivers whose future is known: later values are made up, drivers stay as they are."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import SalesLog
from forecastlab.testing.leakage import check_no_leak, leaks
from forecastlab.testing.tampering import ON_PANELS, tampered

CUTOFF = pd.Timestamp("2024-03-31")
SMALL = ["backtest.horizon=2", "backtest.select=0", "backtest.test=2", "backtest.step=2", "backtest.min_train=14"]
ASKED = ["segmentation=none", "target.series_by=[]", "calibrate=native", "metric=[mase]", "executor=serial"]


@pytest.fixture
def words(tmp_path):
    """Thirty months of six series that follow their price, which is planned three months ahead."""
    rng = np.random.default_rng(3)
    months = pd.date_range("2022-01-31", periods=33, freq="ME")
    frames = []
    for i in range(6):
        price = rng.uniform(1, 2, 33)
        sold = 100 - 30 * price + rng.normal(0, 1, 33)
        frame = pd.DataFrame({"shop": f"s{i}", "month": months, "sold": sold, "price": price, "kind": "ab"[i % 2]})
        frames.append(frame.assign(sold=frame["sold"].mask(frame.index >= 30)).iloc[i:])
    pd.concat(frames).to_csv(tmp_path / "series.csv", index=False)
    mapped = [f"path={tmp_path / 'series.csv'}", "series=shop", "time=month", "value=sold"]
    return ["dataset=panel_csv", *(f"dataset.{each}" for each in mapped), "+dataset.drivers.price=price",
            "+dataset.attributes.kind=kind", *ASKED, *SMALL, "tracking=none"]  # fmt: skip


@pytest.fixture
def series(words, tmp_path):
    facts = build(compose([*words, "model=naive"])).experiment.dataset.load(tmp_path / "panel.parquet")
    return SalesLog(tmp_path / "panel.parquet", facts)


@pytest.mark.parametrize("how", ON_PANELS)
def test_when_a_panel_with_drivers_is_tampered_with_then_its_drivers_stay(series, tmp_path, how):
    before = pd.read_parquet(series.path)
    after = pd.read_parquet(tampered(series, CUTOFF, how, 1, tmp_path / "made.parquet").path)
    after["unique_id"] = after["unique_id"].str.removeprefix("newcomer ")
    keys = ["unique_id", "ds"]
    a, b = (frame.set_index(keys)["price"].sort_index() for frame in (before, after))
    pd.testing.assert_series_equal(a, b, check_exact=True)
    assert len(before) == 6 * 33 - 15 and before["y"].isna().sum() == 6 * 3


def test_when_values_after_the_cutoff_are_made_up_then_no_forecast_changes(words, tmp_path):
    driver = ["driver=[column]", "driver.column.columns=[price]", "driver.column.future=known"]
    experiment = build(compose([*words, *driver, "model=regression", f"root={tmp_path}"])).experiment
    check_no_leak(experiment, None, 1)


@pytest.mark.parametrize("season", ["[4,8]", "detect"])
def test_when_later_hours_are_made_up_then_no_forecast_and_no_season_changes(tmp_path, season):
    rng = np.random.default_rng(4)
    hours = pd.date_range("2024-03-01 05:00", periods=40, freq="h")
    wave = np.tile([0.0, 6, 2, -8], 10) + np.repeat(np.tile([3.0, -3], 5), 4)
    rows = [pd.DataFrame({"shop": f"s{i}", "hour": hours, "sold": 30 + wave + rng.normal(0, 1, 40)}) for i in range(3)]
    pd.concat(rows).to_parquet(tmp_path / "series.parquet")
    mapped = [f"path={tmp_path / 'series.parquet'}", "series=shop", "time=hour", "value=sold", "freq=h"]
    words = ["dataset=panel_parquet", *(f"dataset.{each}" for each in mapped), f"dataset.season={season}", *ASKED]
    model = ["model=adjusted", "model@model.method=naive", "tracking=none", f"root={tmp_path}"]
    check_no_leak(build(compose([*words, *SMALL, *model])).experiment, None, 1)


def test_when_a_method_sees_what_drivers_came_to_be_then_the_leak_is_found(words, tmp_path):
    driver = ["driver=[column]", "driver.column.columns=[price]", "driver.column.future=last"]
    experiment = build(compose([*words, *driver, "model=regression", f"root={tmp_path}", "oracle=true"])).experiment
    assert leaks(experiment, ["random"], 1)
