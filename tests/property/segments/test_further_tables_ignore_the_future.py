"""Rows of further tables after a cutoff are made up; what is known at the cutoff stays, and looking ahead is seen."""

from contextlib import contextmanager

import pandas as pd
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.calibrate.none import Uncalibrated
from forecastlab.flow.experiment import Experiment
from forecastlab.model.naive import Naive
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import Fold, Frequency
from forecastlab.segmentation.kmeans import KMeans
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.stages import asof, panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.composition import composition, migration
from forecastlab.stages.opened import opened
from forecastlab.target.sales import Sales
from forecastlab.testing.leakage import check_no_leak, leaks
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables
from forecastlab.testing.tampering import ON_LOGS, Loaded, tampered

FIRST, LAST = "2024-01-01", "2024-06-30"
CUTOFF = pd.Timestamp("2024-05-05")
ASKED = ("shop", "events.count", "events.visit.mean", "leads.recency")
CLUSTERS = KMeans("8 weeks", ("events.count", "events.visit.mean"), False, 3, 2, 3, 100, 1, 0)
PROSPECTS = Lifecycle("days", 14, 42, "8 weeks", "4 weeks", "8 weeks", 8, True)


@pytest.fixture
def log(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    found = write_log(random_rows(8, 30, 182, 600, FIRST), folder / "log.parquet", FIRST, LAST, False)
    kinds = {"events": ["visit", "click"], "leads": ["web"]}
    return write_tables(found, {name: random_table(1, 30, 182, 400, FIRST, of) for name, of in kinds.items()})


def halves(log, table):
    rows = pd.read_parquet(log.table(table))
    later = rows["time"] >= CUTOFF + pd.Timedelta(days=1)
    order = ["time", "customer_id", "kind", "value"]
    return [part.sort_values(order, ignore_index=True) for part in (rows[~later], rows[later])]


@pytest.mark.parametrize("how", ON_LOGS)
def test_when_tables_are_tampered_with_then_later_rows_change_and_what_was_known_does_not(log, tmp_path, how):
    made = tampered(log, CUTOFF, how, 1, tmp_path / "made.parquet")
    for table in ("events", "leads"):
        past, future = halves(log, table)
        past_after, future_after = halves(made, table)
        pd.testing.assert_frame_equal(past_after, past, check_exact=True)
        assert not future_after.equals(future)
    before, after = (asof.profiles(each, CUTOFF, 30, ASKED) for each in (log, made))
    pd.testing.assert_frame_equal(before, after, check_exact=True)
    calendar = Calendar(Frequency("W-SUN"), 28, 52)
    fold = Fold(CUTOFF, 2, 0, calendar.freq, "select", 0)
    for told in (
        lambda each: composition(each, PROSPECTS, CUTOFF, CUTOFF, calendar),
        lambda each: migration(each, PROSPECTS, fold.cutoff, calendar, 6),
    ):
        before, after = (told(each) for each in (log, made))
        pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_when_an_earlier_row_of_a_table_changes_then_what_was_known_does_too(log, tmp_path):
    made = tampered(log, CUTOFF - pd.Timedelta(days=30), "gone", 1, tmp_path / "made.parquet")
    before, after = (asof.profiles(each, CUTOFF, 30, ASKED) for each in (log, made))
    assert before["events.count"].sum() > 20 and after["events.count"].sum() == 0


def test_when_tables_would_be_written_over_themselves_then_that_is_refused(log):
    with pytest.raises(ValueError, match="choose another"):
        tampered(log, CUTOFF, "gone", 1, log.path.with_name("made.parquet"))


def experiment(log):
    dataset = Loaded(str(log.path), log.facts, "W-SUN", None, "4 weeks")
    money = Sales("amount", ("segment",), "W-SUN", "rolling", True)
    backtest = Expanding(2, 0, 2, 1, 2, 1, 10)
    return Experiment(
        dataset, CLUSTERS, money, {}, Naive(), backtest, BottomUp(), Uncalibrated(), {}, (0.5,), False, {}
    )


def test_when_a_segmentation_reads_tables_then_nothing_of_it_sees_the_future(log):
    check_no_leak(experiment(log), ["random", "gone", "newcomers"], 1)


def test_when_a_table_is_read_beyond_the_cutoff_then_it_is_caught(log, monkeypatch):
    @contextmanager
    def wide_open(log, last_day):
        with opened(log, last_day) as con:
            con.execute(
                f"CREATE OR REPLACE VIEW further.events AS SELECT * REPLACE (least(time, TIMESTAMP '{last_day}') "
                f"AS time) FROM read_parquet('{log.table('events')}')"
            )
            yield con

    monkeypatch.setattr(panel, "opened", wide_open)
    caught = {leak.what for leak in leaks(experiment(log), ["gone"], 1)}
    assert caught & {"panel", "series"}
