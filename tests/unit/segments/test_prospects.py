"""People who are known before they buy: counted by hand on a shop of five."""

import pandas as pd
import pytest

from forecastlab.schema import Fold, Frequency
from forecastlab.segmentation.clv_tier import ClvTier
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.product import Product
from forecastlab.segmentation.random import RandomSegments
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.composition import composition, migration
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import COLUMNS, write_log, write_tables

WEEKS = Frequency("W-SUN")
CALENDAR = Calendar(WEEKS, 0, 52)
FOLD = Fold(pd.Timestamp("2024-01-28"), 1, 0, WEEKS, "select", 0)
LIFECYCLE = Lifecycle("days", 14, 42, "8 weeks", "1 week", "8 weeks", 8, True)

BOUGHT = [  # weeks end on 7, 14, 21 and 28 January
    ("converts", "2024-01-16"),
    ("no lead", "2024-01-03"),
    ("lead later", "2024-01-09"),
    ("after the cutoff", "2024-01-30"),
]
LEADS = [
    ("converts", "2024-01-02"),
    ("converts", "2024-01-12"),
    ("never", "2024-01-07"),
    ("lead later", "2024-01-20"),
    ("after the cutoff", "2024-01-25"),
    ("late lead", "2024-01-29"),
    (None, "2024-01-01"),
]


@pytest.fixture
def log(tmp_path):
    rows = pd.DataFrame(
        [(who, pd.Timestamp(day), 100, 1.0, f"b{who}", "x", "y") for who, day in BOUGHT], columns=COLUMNS
    )
    leads = pd.DataFrame([(who, pd.Timestamp(day), "web", None) for who, day in LEADS])
    leads = leads.set_axis(["customer_id", "time", "kind", "value"], axis=1).astype({"value": float})
    found = write_log(rows, tmp_path / "log.parquet", "2024-01-01", "2024-02-04", True)
    return write_tables(found, {"leads": leads})


def test_when_prospects_are_counted_then_they_are_those_known_and_not_yet_buying_when_a_week_began(log):
    found = composition(log, LIFECYCLE, FOLD.cutoff, FOLD.cutoff, CALENDAR)
    prospects = found[found["segment"] == "prospect"]
    # 8 January: converts, never. 15: the same. 22: never alone, for converts bought on the 16th.
    expected = {pd.Timestamp(f"2024-01-{day}"): n for day, n in [("14", 2), ("21", 2), ("28", 1)]}
    assert dict(zip(prospects["ds"], prospects["customers"], strict=True)) == expected
    assert prospects["money"].sum() == 0 and prospects["buyers"].sum() == 0


def test_when_a_prospect_buys_for_the_first_time_then_it_moves_to_new(log):
    found = migration(log, LIFECYCLE, FOLD.cutoff, CALENDAR, 1)
    one_week = {(a, b): n for (a, b), n in found.stack().items() if n}
    # On the 21st and the 28th, days since the purchase: converts 5 and 12, no lead 18 and 25, lead later 12 and 19.
    assert one_week == {
        ("prospect", "prospect"): 1,
        ("new", "active"): 1,
        ("active", "declining"): 1,
        ("declining", "declining"): 1,
        ("unseen", "prospect"): 1,
    }
    found = migration(log, LIFECYCLE, pd.Timestamp("2024-01-21"), CALENDAR, 1)
    assert found.loc["prospect", "new"] == 1 and found.loc["prospect"].sum() == 2


def test_when_prospects_are_counted_then_no_series_and_no_label_is_theirs(log):
    built = panel.build(log, LIFECYCLE, FOLD, Sales("amount", ("segment",), "W-SUN", "rolling", True), CALENDAR)
    assert "prospect" not in set(built.levels["segment"])
    first_week = built.levels.index.get_loc("segment=new")
    assert built.grid.values[first_week].tolist() == [1.0, 1.0, 1.0, 0.0]


def test_when_prospects_are_off_then_leads_change_nothing(log):
    off = Lifecycle("days", 14, 42, "8 weeks", "1 week", "8 weeks", 8, False)
    assert "prospect" not in off.segments
    assert "prospect" not in set(composition(log, off, FOLD.cutoff, FOLD.cutoff, CALENDAR)["segment"])
    assert "prospect" not in migration(log, off, FOLD.cutoff, CALENDAR, 1).index


def test_when_a_segmentation_with_prospects_is_crossed_or_copied_then_they_have_no_second_segment():
    crossed = Product(LIFECYCLE, ClvTier("8 weeks", {"high": 0.5, "low": 0.5}))
    assert crossed.segments[:3] == ("prospect", "new__high", "new__low") and len(crossed.segments) == 13
    assert len(RandomSegments(LIFECYCLE, 1).segments) == 6
