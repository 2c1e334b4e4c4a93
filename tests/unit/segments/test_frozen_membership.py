"""Customers keep the segment of the cutoff; those who come later are foretold from earlier newcomers."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.cache.store import Store
from forecastlab.calibrate.none import Uncalibrated
from forecastlab.executor.serial import Serial
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.model.naive import Naive
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import ConfigError, Facts, Fold, Frequency, Ledger, SalesLog
from forecastlab.segmentation.demand_class import DemandClass
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.none import NoSegments
from forecastlab.stages import newcomers, panel
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import COLUMNS, random_rows, write_log
from forecastlab.testing.tampering import Loaded

WEEKS = Frequency("W-SUN")  # Monday 2024-01-01 begins a week
CALENDAR = Calendar(WEEKS, 0, 52)
LIFECYCLE = Lifecycle("days", 14, 42, "8 weeks", "1 week", "8 weeks", 8, False)
FOLD = Fold(pd.Timestamp("2024-02-04"), 2, 0, WEEKS, "select", 0)
LINES = [
    ("a", "2024-01-02", 100, "1", "x"),  # five weeks up to the cutoff
    ("a", "2024-01-09", 200, "2", "x"),
    ("a", "2024-02-01", 300, "3", "y"),
    ("b", "2024-01-09", 1000, "4", "x"),  # first seen in the second week; last seen 26 days before the cutoff
    ("c", "2024-01-16", 50, "5", "x"),  # first seen in the third week
    ("c", "2024-01-23", 70, "6", "y"),
    ("r", "2024-01-30", -30, "7", "x"),  # brought something back, bought nothing
    (None, "2024-01-30", 11, "8", "x"),
    ("a", "2024-02-05", 1, "9", "x"),
    ("b", "2024-02-06", 2, "10", "x"),
    ("r", "2024-02-07", 4, "11", "x"),
    ("z", "2024-02-08", 8, "12", "y"),  # first seen after the cutoff
    ("z", "2024-02-15", 16, "13", "y"),
    (None, "2024-02-08", 32, "14", "x"),
]


@pytest.fixture
def log(tmp_path):
    rows = pd.DataFrame([(c, d, a, 1.0, b, s, "food") for c, d, a, b, s in LINES], columns=COLUMNS)
    rows["time"] = rows["time"].map(pd.Timestamp)
    return write_log(rows, tmp_path / "log.parquet", "2024-01-01", "2024-02-25", True)


def frozen(value="amount", *series_by):
    return Sales(value, series_by or ("segment",), "W-SUN", "frozen", True)


def of(built):
    return {str(name): row.tolist() for name, row in zip(built.grid.ids, built.grid.values, strict=True)}


def told(built):
    return {name: frame["yhat"].tolist() for name, frame in built.newcomers.groupby("unique_id")}


def test_when_membership_is_frozen_then_the_whole_past_has_the_label_of_the_cutoff(log):
    built = panel.build(log, LIFECYCLE, FOLD, frozen(), CALENDAR)
    assert of(built) == {
        "segment=active": [1, 2, 0.5, 0.7, 3],  # a and c, a from the very first purchase
        "segment=anonymous": [0, 0, 0, 0, 0.11],
        "segment=declining": [0, 10, 0, 0, 0],  # b
        "segment=future_customers": [0, 0, 0, 0, 0],
        "segment=unknown": [0, 0, 0, 0, -0.3],  # r
        "total": [1, 12, 0.5, 0.7, 2.81],
    }
    assert "segment=future_customers" not in built.history.grid.ids, "no model is asked for those who have no past"


def test_when_the_truth_is_frozen_then_newcomers_are_future_customers_and_the_others_keep_their_label(log):
    built = panel.build(log, LIFECYCLE, FOLD, frozen(), CALENDAR)
    truth = panel.truth(log, LIFECYCLE, FOLD, frozen(), CALENDAR, built)
    found = truth.groupby("unique_id")["y"].apply(list).to_dict()
    assert found == {
        "segment=active": [0.01, 0],
        "segment=anonymous": [0.32, 0],
        "segment=declining": [0.02, 0],
        "segment=future_customers": [0.08, 0.16],
        "segment=unknown": [0.04, 0],
        "total": [0.47, 0.16],
    }


def test_when_future_customers_are_foretold_then_it_is_the_mean_of_earlier_newcomers(log):
    # Dates with something before them and two weeks after them: the ends of the first, the second, the third week.
    # Newcomers spent 10.00, 0.50 after the first (b, c, r); 0.50, 0.70 after the second (c, r); then 0, -0.30 (r).
    money = panel.build(log, LIFECYCLE, FOLD, frozen(), CALENDAR)
    assert told(money) == {"segment=future_customers": [pytest.approx(10.5 / 3), pytest.approx(0.9 / 3)]}
    assert set(money.newcomers["source"]) == {"profile"}
    by_shop = panel.build(log, LIFECYCLE, FOLD, frozen("amount", "shop", "segment"), CALENDAR)
    assert told(by_shop) == {
        "shop=x/segment=future_customers": [pytest.approx(10.5 / 3), pytest.approx(0.2 / 3)],
        "shop=y/segment=future_customers": [0, pytest.approx(0.7 / 3)],
    }


def test_when_orders_do_not_add_up_then_future_customers_are_told_for_each_level(log):
    built = panel.build(log, LIFECYCLE, FOLD, frozen("orders", "shop", "segment"), CALENDAR)
    assert told(built) == {
        "segment=future_customers": [pytest.approx(2 / 3), 1],
        "shop=x/segment=future_customers": [pytest.approx(2 / 3), pytest.approx(2 / 3)],
        "shop=y/segment=future_customers": [0, pytest.approx(1 / 3)],
    }


def test_when_there_is_a_gap_then_the_first_asked_period_lies_behind_it(log):
    fold = Fold(FOLD.cutoff, 1, 1, WEEKS, "select", 0)
    assert told(panel.build(log, LIFECYCLE, fold, frozen(), CALENDAR)) == {
        "segment=future_customers": [pytest.approx(0.3)]
    }


def test_when_the_past_is_too_short_for_an_earlier_date_then_the_forecast_is_zero_and_says_so(log):
    fold = Fold(FOLD.cutoff, 2, 3, WEEKS, "select", 0)
    built = panel.build(log, LIFECYCLE, fold, frozen(), CALENDAR)
    assert built.newcomers["yhat"].tolist() == [0, 0]
    assert set(built.newcomers["source"]) == {"unforeseen"}
    bias, short = newcomers.notes(built.newcomers, frozen(), fold)
    assert "biased by selection" in bias
    assert "2024-02-04" in short


def test_when_a_run_is_frozen_then_what_is_told_of_future_customers_is_in_the_total(tmp_path):
    rows = random_rows(2, 60, 210, 800, "2024-01-01")
    rows["customer_id"] = rows["customer_id"] + rows["time"].dt.month.astype(str)  # somebody new in every month
    log = write_log(rows, tmp_path / "log.parquet", "2024-01-01", "2024-07-28", True)
    rest = (Expanding(3, 0, 1, 0, 2, 1, 10), BottomUp(), Uncalibrated(), {}, (), False, {})
    experiment = Experiment(
        Loaded(str(log.path), log.facts, "W-SUN", None, None), LIFECYCLE, frozen(), {}, Naive(), *rest
    )
    store = Store(tmp_path / "store")
    prepared = prepare(experiment, store)
    results = list(run(experiment, prepared, store, Serial()))
    assert len(results) == 2
    for result in results:
        built = panel.build(log, LIFECYCLE, result.fold, frozen(), prepared.calendar)
        future = result.frame[result.frame["segment"] == "future_customers"]
        assert future["yhat"].tolist() == built.newcomers["yhat"].tolist()
        assert set(future["source"]) == {"profile"} and (future["yhat"] > 0).all()
        sums = result.frame.groupby(["level", "ds"])["yhat"].sum()
        np.testing.assert_allclose(sums["segment"], sums["total"], rtol=1e-12)


def test_when_later_rows_change_then_no_bit_of_a_frozen_past_does(log, tmp_path):
    before = panel.build(log, LIFECYCLE, FOLD, frozen(), CALENDAR)
    rows = pd.read_parquet(log.path)
    later = rows["time"] >= FOLD.cutoff + pd.Timedelta(days=1)
    rows = rows.assign(customer_id=rows["customer_id"].mask(later, "a"), amount=rows["amount"].mask(later, 10**9))
    other = write_log(rows, tmp_path / "other.parquet", "2024-01-01", "2024-02-25", True)
    after = panel.build(other, LIFECYCLE, FOLD, frozen(), CALENDAR)
    assert np.array_equal(before.grid.values, after.grid.values)
    pd.testing.assert_frame_equal(before.newcomers, after.newcomers, check_exact=True)


@pytest.mark.parametrize(
    ("kind", "series_by", "segmenter", "code"),
    [
        ("log", ("shop",), LIFECYCLE, "frozen-uncut"),
        ("log", ("segment",), NoSegments(), "frozen-segments"),
        ("log", ("shop", "segment"), DemandClass(1.32, 0.49), "frozen-segments"),
        ("panel", ("segment",), NoSegments(), "frozen-panel"),
    ],
)
def test_when_there_is_nothing_to_freeze_then_it_says_what_to_type(kind, series_by, segmenter, code):
    facts = Facts(kind, "2024-01-01", "2024-02-25", ("shop",), True, Ledger(0, 0, 0, 0))
    with pytest.raises(ConfigError) as caught:
        panel.build(SalesLog(pd.NA, facts), segmenter, FOLD, frozen("amount", *series_by), CALENDAR)
    (fault,) = caught.value.faults
    assert fault.code == code
    assert "target.membership=rolling" in fault.fix
