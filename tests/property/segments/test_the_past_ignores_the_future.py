"""Whatever happens to the rows after the cutoff, the past is the same, bit by bit."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import Fold, Frequency
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.random import RandomSegments
from forecastlab.segmentation.rfm import Rfm
from forecastlab.stages import panel, reference
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import random_rows, write_log

FIRST, LAST = "2024-01-03", "2024-06-30"
CALENDAR = Calendar(Frequency("W-SUN"), 28, 52)
FOLD = Fold(pd.Timestamp("2024-05-05"), 4, 1, CALENDAR.freq, "select", 0)
LIFECYCLE = Lifecycle("rhythm", 1.5, 3, "6 weeks", "3 weeks", "8 weeks", 4, False)
RFM = Rfm("8 weeks", 3, None, {"best": {"money": (3, 3)}, "middle": {"recency": (2, 3)}, "rest": {}})
ROWS = random_rows(5, 50, 180, 1_200, FIRST)
LATER = ROWS["time"] >= FOLD.cutoff + pd.Timedelta(days=1)


def values(rows):
    return rows.assign(amount=rows["amount"].mask(LATER, 10**9), quantity=rows["quantity"].mask(LATER, 1e9))


def deletion(rows):
    return rows[~LATER]


def ids(rows):
    return rows.assign(customer_id=rows["customer_id"].mask(LATER, "c0001"))


def new_customers(rows):
    return rows.assign(customer_id=rows["customer_id"].mask(LATER, "a-newcomer"))


def nobody(rows):
    return rows.assign(customer_id=rows["customer_id"].mask(LATER))


def new_goods(rows):
    return rows.assign(kind_of_goods=rows["kind_of_goods"].mask(LATER, "novelty"), shop=rows["shop"].mask(LATER, "web"))


def order(rows):
    return rows.sample(frac=1, random_state=3)


TAMPERINGS = [values, deletion, ids, new_customers, nobody, new_goods, order]


def past(rows, path, segmenter, value):
    log = write_log(rows, path, FIRST, LAST, False)
    target = Sales(value, ("kind_of_goods", "segment"), "W-SUN", "rolling", True)
    built = panel.build(log, segmenter, FOLD, target, CALENDAR)
    scale = reference.reference(built, FOLD, (0.1, 0.9))
    return built, scale


@pytest.mark.parametrize("value", ["amount", "quantity", "orders"])
@pytest.mark.parametrize("segmenter", [LIFECYCLE, RFM, RandomSegments(RFM, 1)], ids=["lifecycle", "rfm", "random"])
def test_when_later_rows_are_tampered_with_then_no_bit_of_the_past_changes(tmp_path, segmenter, value):
    # Each value meets some of the tamperings, each tampering each segmentation: a third of the combinations.
    before, scale = past(ROWS, tmp_path / "log.parquet", segmenter, value)
    first = ["amount", "quantity", "orders"].index(value)
    for tampering in TAMPERINGS[first::3]:
        after, scale_after = past(tampering(ROWS), tmp_path / "log.parquet", segmenter, value)
        assert after.history.grid.ids.tolist() == before.history.grid.ids.tolist()
        assert after.history.grid.values.tobytes() == before.history.grid.values.tobytes()
        assert after.grid.values.tobytes() == before.grid.values.tobytes()
        assert after.assigner == before.assigner
        assert after.account == before.account
        pd.testing.assert_frame_equal(after.history.static, before.history.static)
        pd.testing.assert_frame_equal(scale_after, scale, check_exact=True)


def test_when_an_earlier_row_changes_then_the_past_does_too(tmp_path):
    """The test above can fail: the same tampering one day earlier is seen."""
    before, _ = past(ROWS, tmp_path / "log.parquet", LIFECYCLE, "amount")
    last_day = ROWS["time"].dt.normalize() == FOLD.cutoff
    assert last_day.any()
    rows = ROWS.assign(amount=ROWS["amount"].mask(last_day, 10**9))
    after, _ = past(rows, tmp_path / "log.parquet", LIFECYCLE, "amount")
    assert not np.array_equal(after.grid.values, before.grid.values)
