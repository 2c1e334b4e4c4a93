"""The customer base of a small log, by hand."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import Fold, Frequency
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.none import NoSegments
from forecastlab.stages import customer_base
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import COLUMNS, write_log

WEEKS = Frequency("W-SUN")  # Monday 2024-01-01 begins a week
LIFECYCLE = Lifecycle("days", 14, 42, "8 weeks", "1 week", "8 weeks", 8, False)
FOLD = Fold(pd.Timestamp("2024-02-04"), 2, 0, WEEKS, "select", 0)
LINES = [
    ("a", "2024-01-02", 100, "1", "x"),  # five weeks up to the cutoff
    ("a", "2024-01-09", 200, "2", "x"),
    ("a", "2024-02-01", 300, "3", "y"),
    ("b", "2024-01-09", 1000, "4", "x"),  # 26 days silent at the cutoff
    ("c", "2024-01-16", 50, "5", "x"),
    ("c", "2024-01-23", 70, "6", "y"),  # 12 days silent at the cutoff
    ("r", "2024-01-30", -30, "7", "x"),  # brought something back, bought nothing
    (None, "2024-01-30", 11, "8", "x"),
    ("a", "2024-02-05", 9999, "9", "x"),  # after the cutoff
    ("z", "2024-02-06", 9999, "10", "x"),
]


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    rows = pd.DataFrame([(c, pd.Timestamp(t), a, 1.0, i, s, "goods") for c, t, a, i, s in LINES], columns=COLUMNS)
    return write_log(rows, tmp_path_factory.mktemp("log") / "log.parquet", "2024-01-01", "2024-02-25", True)


def base_of(log, segmenter=LIFECYCLE, value="amount", series_by=("segment",), membership="rolling"):
    target = Sales(value, series_by, "W-SUN", membership, True)
    return customer_base.build(log, segmenter, FOLD, target, Calendar(WEEKS, 0, 52))


def test_when_customers_have_bought_then_their_figures_are_those_up_to_the_cutoff(log):
    base = base_of(log)
    assert (base.x.tolist(), base.t_x.tolist(), base.age.tolist()) == ([2, 0, 1], [30, 0, 7], [33, 26, 19])
    assert (base.value.tolist(), base.days.tolist()) == ([6.0, 10.0, 1.2], [3, 1, 2])
    assert base.known.tolist() == [1.0, 12.0, 0.5, 0.7, 3.0]
    assert base.arrivals.tolist() == [1, 1, 1, 0, 1]  # the one who brought something back was first seen then


def test_when_segments_depend_on_silence_then_both_ways_to_a_later_purchase_are_told(log):
    base = base_of(log)
    silent = np.array(base.segments)[base.silent]
    bought = np.array(base.segments)[base.bought]
    assert silent.tolist() == [["active", "active"], ["declining", "declining"], ["active", "declining"]]
    assert bought.tolist() == [["active", "active"], ["declining", "active"], ["active", "active"]]


def test_when_membership_is_frozen_then_everybody_keeps_the_segment_of_the_cutoff(log):
    base = base_of(log, membership="frozen")
    now = ["active", "declining", "active"]
    for told in (base.silent, base.bought):
        assert np.array(base.segments)[told].T.tolist() == [now, now]


def test_when_customers_were_first_seen_of_late_then_their_purchases_are_told_by_age_and_segment(log):
    rows = sorted(base_of(log).cohorts.itertuples(index=False, name=None))
    assert rows == [
        ("segment=declining", 0, 4, 3.0),
        ("segment=new", 0, 0, 1.0),
        ("segment=new", 0, 1, 2.0),
        ("segment=new", 1, 1, 10.0),
        ("segment=new", 2, 2, 0.5),
        ("segment=new", 2, 3, 0.7),
        ("segment=new", 4, 4, -0.3),
    ]


def test_when_an_earlier_week_is_looked_at_then_what_was_known_before_it_and_bought_in_it(log):
    seen = base_of(log).earlier
    rows = pd.DataFrame(vars(seen))
    last = rows[-3:]  # as-of 28 January
    assert last["who"].tolist() == [0, 1, 2]
    assert (last["x"].tolist(), last["t_x"].tolist(), last["age"].tolist()) == ([1, 0, 1], [7, 0, 7], [26, 19, 12])
    assert (last["value"].tolist(), last["days"].tolist()) == ([3.0, 0.0, 0.0], [7.0, 7.0, 7.0])
    assert np.array(base_of(log).segments)[last["segment"]].tolist() == ["declining", "declining", "active"]
    assert len(rows) == 1 + 2 + 3 + 3  # as-of 7, 14, 21 and 28 January


@pytest.mark.parametrize(
    ("value", "each"), [("orders", [3, 1, 2]), ("customers", [3, 1, 2]), ("quantity", [3.0, 1.0, 2.0])]
)
def test_when_something_else_than_money_is_foretold_then_customers_are_valued_in_it(log, value, each):
    assert base_of(log, value=value).value.tolist() == each


def test_when_series_do_not_tell_customers_apart_then_there_are_no_segments(log):
    base = base_of(log, segmenter=NoSegments(), series_by=())
    assert base.segments == () and not base.silent.any() and base.silent.shape == (3, 2)
    assert base.cohorts["unique_id"].unique().tolist() == ["total"]
