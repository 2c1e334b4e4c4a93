"""Profiles and panels against slow, plain pandas that loops over customers and purchases."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import Fold, Frequency, duration_days
from forecastlab.schema.names import ANONYMOUS, NEW
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.rfm import Rfm
from forecastlab.stages import asof, panel
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import random_rows, write_log

FIRST, LAST = "2024-01-03", "2024-06-30"
LIFECYCLE = Lifecycle("days", 14, 30, "6 weeks", "3 weeks", "8 weeks", 4, False)


@pytest.fixture(scope="module")
def rows():
    return random_rows(11, 40, 180, 900, FIRST)


@pytest.fixture(scope="module")
def log(rows, tmp_path_factory):
    return write_log(rows, tmp_path_factory.mktemp("log") / "log.parquet", FIRST, LAST, False)


def slow_profile(rows, customer, as_of, window):
    """One profile, straight from its definition; None without a purchase."""
    mine = rows[(rows.customer_id == customer) & (rows.time < as_of + pd.Timedelta(days=1))]
    bought = sorted(set(mine[mine.amount >= 0].time.dt.normalize()))
    if not bought:
        return None
    start = as_of - pd.Timedelta(days=window) if window else pd.Timestamp.min
    recent = mine[mine.time.dt.normalize() > start]
    gaps = [(b - a).days for a, b in pairwise(bought)]
    ended = [gap for gap, day in zip(gaps, bought[1:], strict=True) if day > start]
    return {
        "customer_id": customer,
        "as_of": as_of,
        "first": bought[0],
        "last": bought[-1],
        "frequency": sum(day > start for day in bought),
        "money": recent.amount.sum() / 100,
        "orders_total": len(bought),
        "recency": (as_of - bought[-1]).days,
        "tenure": (as_of - bought[0]).days,
        "rhythm": np.mean(gaps) if gaps else np.nan,
        "last_gap": gaps[-1] if gaps else np.nan,
        "longest_gap": max(ended) if ended else np.nan,
    }


def slow_profiles(rows, as_of, window):
    found = [slow_profile(rows, customer, as_of, window) for customer in sorted(rows.customer_id.dropna().unique())]
    return pd.DataFrame([profile for profile in found if profile])


@pytest.mark.parametrize("window", [None, 1, 42])
@pytest.mark.parametrize("as_of", ["2024-01-03", "2024-03-17", "2024-06-30"])
def test_when_profiles_are_asked_for_then_they_are_those_of_the_definition(rows, log, as_of, window):
    expected = slow_profiles(rows, pd.Timestamp(as_of), window)
    found = asof.profiles(log, pd.Timestamp(as_of), window)
    assert list(found.columns) == list(asof.COLUMNS)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-12)


def slow_panel(rows, assigner, window, calendar, ends):
    """Money by period, kind of goods and segment, one purchase line at a time."""
    known = {}
    cells = {}
    for ds in ends:
        start = calendar.freq.start(ds)
        inside = rows[(rows.time >= start) & (rows.time < ds + pd.Timedelta(days=1))]
        for line in inside.itertuples():
            key = (line.customer_id, ds)
            if pd.isna(line.customer_id):
                segment = ANONYMOUS
            else:
                if key not in known:
                    profile = slow_profile(rows, line.customer_id, start - pd.Timedelta(days=1), window)
                    known[key] = NEW if profile is None else assigner.assign(pd.DataFrame([profile])).iloc[0]
                segment = known[key]
            cell = (line.kind_of_goods, segment, ds)
            cells[cell] = cells.get(cell, 0) + line.amount
    return cells


def name(goods, segment):
    return f"kind_of_goods={goods.replace('%', '%25').replace('=', '%3D')}/segment={segment}"


@pytest.mark.parametrize("code", ["W-WED", "M"])
def test_when_a_panel_is_built_then_past_and_truth_are_those_of_a_walk_over_the_lines(rows, log, code):
    calendar = Calendar(Frequency(code), 28, 52)
    ends = calendar.ends(log.facts)
    horizon = 2
    fold = Fold(ends[-horizon - 1], horizon, 0, calendar.freq, "select", 0)
    target = Sales("amount", ("kind_of_goods", "segment"), code, "rolling", True)
    built = panel.build(log, LIFECYCLE, fold, target, calendar)
    truth = panel.truth(log, LIFECYCLE, fold, target, calendar, built)
    window = duration_days(LIFECYCLE.window, "")
    assigner = LIFECYCLE.fit(slow_profiles(rows, fold.cutoff, window))
    assert assigner == built.assigner

    found = pd.concat(
        [
            built.history.panel,
            truth[truth.unique_id.isin(built.history.grid.ids) | (truth.level == "kind_of_goods/segment")],
        ]
    )
    found = {(row.unique_id, row.ds): round(row.y * 100) for row in found.itertuples() if row.y}
    past = slow_panel(rows, assigner, window, calendar, ends[:-horizon])
    later = slow_panel(rows, assigner, window, calendar, fold.dates)
    expected = {(name(goods, segment), ds): cents for (goods, segment, ds), cents in (past | later).items() if cents}
    assert len(expected) > 20
    assert found == expected


def test_when_rfm_scores_then_they_are_those_of_sql(log):
    import duckdb

    rfm = Rfm("13 weeks", 4, None, {"all_ways": {}})
    profiles = asof.profiles(log, pd.Timestamp("2024-05-12"), 91)
    scores = rfm.fit(profiles).scores(profiles)
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("profiles", profiles)
        expected = con.execute("""
            WITH cuts AS (SELECT quantile_cont(recency, [.25, .5, .75]) r, quantile_cont(frequency, [.25, .5, .75]) f,
                                 quantile_cont(money, [.25, .5, .75]) m FROM profiles WHERE frequency > 0)
            SELECT 4 - len(list_filter(r, lambda c: c < recency)) AS recency,
                   1 + len(list_filter(f, lambda c: c < frequency)) AS frequency,
                   1 + len(list_filter(m, lambda c: c < money)) AS money
            FROM profiles, cuts ORDER BY customer_id""").df()
    assert scores["recency"].nunique() == 4
    pd.testing.assert_frame_equal(scores, expected, check_dtype=False)


def test_when_customers_come_in_many_batches_then_the_profiles_are_the_same(log, monkeypatch):
    whole = asof.profiles(log, pd.Timestamp(LAST), 42)
    monkeypatch.setattr(asof, "BATCH", 60)
    pd.testing.assert_frame_equal(asof.profiles(log, pd.Timestamp(LAST), 42), whole, check_exact=True)
