"""The same rows in another order give the same segmentation, the same labels and the same panel, to the bit."""

import pandas as pd
import pytest

from forecastlab.schema import Fold, Frequency
from forecastlab.segmentation.clv_tier import ClvTier
from forecastlab.segmentation.demographic import Demographic
from forecastlab.segmentation.kmeans import KMeans
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.product import Product
from forecastlab.segmentation.random import RandomSegments
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables

FIRST, LAST = "2024-01-03", "2024-06-30"
CALENDAR = Calendar(Frequency("W-SUN"), 28, 52)
FOLD = Fold(pd.Timestamp("2024-05-05"), 4, 1, CALENDAR.freq, "select", 0)
MONEY = Sales("amount", ("segment",), "W-SUN", "rolling", True)
# Whole euros, so that many customers spent the same, and moments in which several shops sold to one customer.
ROWS = random_rows(5, 60, 180, 900, FIRST)
ROWS = ROWS.assign(amount=ROWS["amount"] // 1_000 * 100, time=ROWS["time"].dt.normalize())
TABLES = {"events": random_table(6, 60, 180, 300, FIRST, ["visit"])}
TIERS = ClvTier("8 weeks", {"high": 0.2, "mid": 0.3, "low": 0.5})
SEGMENTERS = {
    "clv_tier": TIERS,
    "demographic": Demographic("shop", {"north": ("north",)}),
    "kmeans": KMeans("8 weeks", ("money", "rhythm", "shop", "events.mean"), True, None, 2, 4, 30, 3, 0),
    "product": Product(Lifecycle("rhythm", 1.5, 3, "8 weeks", "3 weeks", "8 weeks", 4, False), TIERS),
    "random": RandomSegments(TIERS, 1),
}


@pytest.mark.parametrize("name", SEGMENTERS)
def test_when_rows_come_in_another_order_then_the_panel_and_the_truth_are_the_same(tmp_path, name):
    told = []
    for seed in (1, 2, 3):
        log = write_log(ROWS.sample(frac=1, random_state=seed), tmp_path / "log.parquet", FIRST, LAST, False)
        log = write_tables(log, {table: rows.sample(frac=1, random_state=seed) for table, rows in TABLES.items()})
        built = panel.build(log, SEGMENTERS[name], FOLD, MONEY, CALENDAR)
        came = panel.truth(log, SEGMENTERS[name], FOLD, MONEY, CALENDAR, built)
        told.append((built, came))
    (first, truth), *others = told
    assert len(first.levels) > 3
    for built, came in others:
        assert built.assigner == first.assigner
        assert built.grid.ids.tolist() == first.grid.ids.tolist()
        assert built.grid.values.tobytes() == first.grid.values.tobytes()
        pd.testing.assert_frame_equal(came, truth, check_exact=True)
