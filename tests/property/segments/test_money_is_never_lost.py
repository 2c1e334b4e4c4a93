"""In every period the series of every level add up to the money of the log, to the cent."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastlab.schema import Fold, Frequency
from forecastlab.segmentation.clv_tier import ClvTier
from forecastlab.segmentation.demographic import Demographic
from forecastlab.segmentation.kmeans import KMeans
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.none import NoSegments
from forecastlab.segmentation.product import Product
from forecastlab.segmentation.random import RandomSegments
from forecastlab.segmentation.rfm import Rfm
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import COLUMNS, write_log

FIRST, LAST = "2024-01-03", "2024-03-31"
LIFECYCLE = Lifecycle("rhythm", 1.5, 3, "4 weeks", "1 week", "3 weeks", 2, False)
GRADES = {"best": {"recency": (2, 3), "money": (2, 3)}, "rest": {}}
TIERS = ClvTier("4 weeks", {"high": 0.3, "low": 0.7})
SEGMENTERS = [
    NoSegments(),
    LIFECYCLE,
    Rfm("4 weeks", 3, None, GRADES),
    RandomSegments(LIFECYCLE, 3),
    TIERS,
    Demographic("shop", {"one": ("n/s", ""), "two": ("total",)}),
    KMeans("4 weeks", ("money", "recency", "shop"), True, None, 2, 3, 100, 1, 0),
    Product(LIFECYCLE, TIERS),
]
CUTS = [(), ("segment",), ("shop",), ("shop", "segment"), ("segment", "kind_of_goods", "shop")]

KINDS = {"time": "datetime64[us]", "amount": "int64", "quantity": "float64"}

line = st.tuples(
    st.sampled_from([None, "a", "b", "c", "0", "NA", "ä/ö=%"]),
    st.datetimes(pd.Timestamp(FIRST), pd.Timestamp(LAST) + pd.Timedelta(hours=23)),
    st.integers(-(10**12), 10**12),
    st.sampled_from([0.0, 0.1, 0.2, 1.0, 1e6, 0.001]),
    st.sampled_from([None, "b1", "b2"]),
    st.sampled_from(["n/s", "e=w", "total", ""]),
    st.sampled_from(["food", "%2F"]),
)


@st.composite
def questions(draw):
    freq = draw(st.sampled_from(["D", "W-SUN", "W-WED", "M"]))
    warmup = draw(st.sampled_from([0, 10]))
    return (
        pd.DataFrame(draw(st.lists(line, max_size=40)), columns=COLUMNS).astype(KINDS),
        draw(st.sampled_from(SEGMENTERS)),
        draw(st.sampled_from(CUTS)),
        Calendar(Frequency(freq), warmup, 52),
        draw(st.sampled_from(["amount", "quantity"])),
        draw(st.integers(0, 2**16)),
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_when_any_log_is_cut_in_any_way_then_every_level_adds_up_exactly(question):
    rows, segmenter, cuts, calendar, value, seed = question
    rows = rows.sample(frac=1, random_state=seed).reset_index(drop=True)
    with tempfile.TemporaryDirectory() as folder:
        log = write_log(rows, Path(folder) / "log.parquet", FIRST, LAST, False)
        ends = calendar.ends(log.facts)
        fold = Fold(ends[-2], 1, 0, calendar.freq, "select", 0)
        target = Sales(value, cuts, calendar.freq.code, "rolling", True)
        built = panel.build(log, segmenter, fold, target, calendar)
        truth = panel.truth(log, segmenter, fold, target, calendar, built)

    unit = {"amount": 100, "quantity": 1_000_000}[value]
    exact = rows["amount"] if value == "amount" else (rows["quantity"] * unit).round().astype("int64")
    period = pd.cut(
        rows["time"], [calendar.freq.start(ends[0]), *(ends + pd.Timedelta(days=1))], right=False, labels=ends
    )
    by_period = exact.groupby(period, observed=False).sum()
    values = pd.DataFrame(built.grid.values, index=built.levels.index)
    for _, level in built.levels.groupby("level"):
        cents = (values.loc[level.index] * unit).round().astype("int64").sum()
        assert cents.tolist() == by_period.tolist()[:-1]
    for _, level in truth.groupby("level"):
        assert round(level["y"] * unit).astype("int64").sum() == by_period.iloc[-1]
    assert "total" in values.index

    sums = built.summing.join(values, on="bottom").drop(columns="bottom").groupby("unique_id").sum()
    np.testing.assert_allclose(sums.to_numpy(), values.loc[sums.index].to_numpy(), rtol=1e-9, atol=1e-3)
    past = rows[rows["time"] < fold.cutoff + pd.Timedelta(days=1)]
    assert sum(n for n, _ in built.account.values()) == len(past)
    assert sum(cents for _, cents in built.account.values()) == past["amount"].sum()
    panel_rows = built.account.get("panel", (0, 0))[0]
    assert panel_rows == (past["time"] >= calendar.freq.start(ends[0])).sum()
