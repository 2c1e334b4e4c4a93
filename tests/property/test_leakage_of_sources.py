"""What tampering does to a source, and the line on sources that are not our made-up log."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.calibrate.native import Native
from forecastlab.combine.median import Median
from forecastlab.flow.experiment import Experiment
from forecastlab.model.ensemble import Ensemble
from forecastlab.model.ets import Ets
from forecastlab.model.naive import Naive
from forecastlab.model.naive2 import Naive2
from forecastlab.recipe import build, compose
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import DataError, Facts, Forecast, History, Ledger, SalesLog
from forecastlab.segmentation.none import NoSegments
from forecastlab.target.sales import Sales
from forecastlab.testing.leakage import check_no_leak
from forecastlab.testing.logs import random_rows, write_log
from forecastlab.testing.tampering import ON_LOGS, ON_PANELS, Loaded, tampered

CUTOFF = pd.Timestamp("2024-03-03")


@pytest.fixture
def log(tmp_path):
    rows = random_rows(4, 20, 120, 300, "2024-01-01")
    return write_log(rows, tmp_path / "log.parquet", "2024-01-01", "2024-04-29", False)


@pytest.fixture
def series(tmp_path):
    """Thirty months of six series that start one after the other."""
    rng = np.random.default_rng(3)
    ds = pd.date_range("2022-01-31", periods=30, freq="ME")
    frames = [
        pd.DataFrame({"unique_id": f"s{i:02d}", "ds": ds[i:], "y": rng.uniform(10, 20, 30 - i), "kind": "ab"[i % 2]})
        for i in range(6)
    ]
    frame = pd.concat(frames, ignore_index=True)
    columns = [("unique_id", pa.string()), ("ds", pa.timestamp("us")), ("y", pa.float64()), ("kind", pa.string())]
    pq.write_table(pa.Table.from_pandas(frame, pa.schema(columns), preserve_index=False), tmp_path / "panel.parquet")
    ledger = Ledger(len(frame), 0, len(frame), 0)
    return SalesLog(tmp_path / "panel.parquet", Facts("panel", "2022-01-01", "2024-06-30", ("kind",), False, ledger))


def rows(log, column):
    frame = pd.read_parquet(log.path)
    later = frame[column] >= CUTOFF + pd.Timedelta(days=1)
    order = [name for name in frame.columns if name != column]
    return tuple(part.sort_values([column, *order], ignore_index=True) for part in (frame[~later], frame[later]))


@pytest.mark.parametrize("how", ON_LOGS)
def test_when_a_log_is_tampered_with_then_later_rows_change_and_earlier_ones_do_not(log, tmp_path, how):
    past, future = rows(log, "time")
    made = tampered(log, CUTOFF, how, 1, tmp_path / "made.parquet")
    past_after, future_after = rows(made, "time")
    pd.testing.assert_frame_equal(past_after, past, check_exact=True)
    assert not future_after.equals(future)
    assert made.facts == log.facts
    again = tampered(log, CUTOFF, how, 1, tmp_path / "again.parquet")
    assert rows(again, "time")[1].equals(future_after)


@pytest.mark.parametrize("how", ON_PANELS)
def test_when_a_panel_is_tampered_with_then_later_rows_change_and_earlier_ones_do_not(series, tmp_path, how):
    past, future = rows(series, "ds")
    past_after, future_after = rows(tampered(series, CUTOFF, how, 1, tmp_path / "made.parquet"), "ds")
    pd.testing.assert_frame_equal(past_after, past, check_exact=True)
    assert not future_after.equals(future)
    assert not future_after.duplicated(["unique_id", "ds"]).any()


def test_when_the_way_of_tampering_is_unknown_then_the_known_ones_are_named(log, tmp_path):
    with pytest.raises(ValueError, match="allowed are huge, random"):
        tampered(log, CUTOFF, "missing", 1, tmp_path / "made.parquet")


def as_loaded(lines, folder):
    """The sales log that the csv dataset makes of some lines."""
    folder.mkdir()
    lines.assign(amount=lines["amount"] / 100).to_csv(folder / "sales.csv", index=False)
    columns = ["customer=customer_id", "time=time", "amount=amount", "quantity=quantity", "basket=basket_id"]
    columns += [f"path={folder / 'sales.csv'}", "date_format='%Y-%m-%d %H:%M:%S'"]
    columns += ["last_day='2024-04-29'", "first_day='2024-01-01'"]
    dataset = build(
        compose(["dataset=csv", "+dataset.dimensions.shop=shop", *(f"dataset.{column}" for column in columns)])
    ).experiment.dataset
    facts = dataset.load(folder / "log.parquet")
    return SalesLog(folder / "log.parquet", facts)


@pytest.mark.parametrize("how", ["random", "gone", "newcomers", "novelties"])
def test_when_later_lines_of_a_file_change_then_what_is_loaded_of_earlier_ones_does_not(log, tmp_path, how):
    made = tampered(log, CUTOFF, how, 1, tmp_path / "made.parquet")
    before = as_loaded(pd.read_parquet(log.path), tmp_path / "before")
    after = as_loaded(pd.read_parquet(made.path), tmp_path / "after")
    past, future = rows(before, "time")
    past_after, future_after = rows(after, "time")
    assert len(past) > 100
    pd.testing.assert_frame_equal(past_after, past, check_exact=True)
    assert not future_after.equals(future)
    assert before.span == after.span


def on_panel(series, model):
    dataset = Loaded(str(series.path), series.facts, "M", 12, None)
    backtest = Expanding(3, 0, 2, 1, 2, 2, 14)
    target = Sales("amount", (), "M", "rolling", True)
    rest = (backtest, BottomUp(), Native(True), {}, (0.1, 0.5, 0.9), False, {})
    return Experiment(dataset, NoSegments(), target, {}, model, *rest)


def test_when_a_ready_made_panel_is_tampered_with_then_no_forecast_changes(series):
    members = {"naive2": Naive2(), "ets": Ets("ANN", False, 1, "move")}
    check_no_leak(on_panel(series, Ensemble(members, Median(), None)), None, 1)
    check_no_leak(on_panel(series, members["ets"]), ["huge"], 1)


def test_when_a_model_never_answers_then_nothing_was_shown_and_that_is_said(series, monkeypatch):
    def fit(self, history: History) -> Forecast:
        raise ArithmeticError("too hard")

    monkeypatch.setattr(Naive, "fit", fit)
    with pytest.raises(DataError, match="every series fell back in answer of naive: ArithmeticError: too hard"):
        check_no_leak(on_panel(series, Naive()), ["huge"], 1)
