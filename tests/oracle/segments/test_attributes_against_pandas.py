"""Attributes of profiles against slow, plain pandas that looks at one customer and one date at a time."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.stages import asof
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables

FIRST, LAST = "2024-01-03", "2024-06-30"
ASKED = (
    "age",
    "shop",
    "events.count",
    "events.visit.count",
    "events.visit.recency",
    "feedback.mean",
    "feedback.bad.mean",
    "feedback.recency",
)
DATES = pd.to_datetime(["2024-01-03", "2024-02-11", "2024-04-30", "2024-06-30"])


@pytest.fixture(scope="module")
def rows():
    """Purchases with an age that changes now and then, is often unknown, and differs between lines of one moment."""
    found = random_rows(21, 40, 180, 900, FIRST)
    age = np.random.default_rng(1).choice(["young", "old", "älter", "unknown"], len(found), p=[0.2, 0.1, 0.1, 0.6])
    twins = found.sample(150, random_state=2).assign(age="twin")
    return pd.concat([found.assign(age=age), twins], ignore_index=True).sample(frac=1, random_state=3)


@pytest.fixture(scope="module")
def tables():
    events = random_table(3, 40, 180, 700, FIRST, ["visit", "click", "a.b"])
    return {"events": events, "feedback": random_table(4, 40, 180, 150, FIRST, ["bad", "good"])}


@pytest.fixture(scope="module")
def log(rows, tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    return write_tables(write_log(rows, folder / "log.parquet", FIRST, LAST, False), tables)


def last_known(rows, customer, dimension, as_of):
    end = as_of + pd.Timedelta(days=1)
    mine = rows[(rows.customer_id == customer) & (rows.time < end) & (rows[dimension] != "unknown")]
    return mine.sort_values(["time", dimension])[dimension].iloc[-1] if len(mine) else None


def figure(table, customer, kind, name, as_of, window):
    known = table[(table.customer_id == customer) & (table.time < as_of + pd.Timedelta(days=1))]
    known = known[known.kind == kind] if kind else known
    if name == "recency":
        return (as_of - known.time.max().normalize()).days if len(known) else np.nan
    if window:
        known = known[known.time.dt.normalize() > as_of - pd.Timedelta(days=window)]
    return len(known) if name == "count" else known["value"].mean()


def slow(rows, tables, customer, asked, as_of, window):
    if asked in rows:
        return last_known(rows, customer, asked, as_of)
    table, *kind, name = asked.split(".")
    return figure(tables[table], customer, kind[0] if kind else None, name, as_of, window)


@pytest.mark.parametrize("window", [None, 30])
@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_when_attributes_are_asked_for_then_they_are_those_of_a_walk_over_the_rows(rows, tables, log, as_of, window):
    found = asof.profiles(log, as_of, window, ASKED)
    assert list(found.columns) == [*asof.COLUMNS, *ASKED]
    for asked in ASKED:
        expected = [slow(rows, tables, customer, asked, as_of, window) for customer in found["customer_id"]]
        expected = pd.Series(expected, name=asked, dtype=object if asked in rows else float)
        pd.testing.assert_series_equal(found[asked], expected, check_dtype=False, rtol=1e-12)


def test_when_a_year_is_asked_for_then_some_customers_have_and_some_lack_every_attribute(log):
    """The oracle above compares something: no column is the same for everybody, and the hard cases occur."""
    found = asof.profiles(log, DATES[1], 30, ASKED)
    assert found[list(ASKED)].nunique(dropna=False).min() > 1
    assert found["age"].isna().any() and (found["age"] == "twin").any()
    assert found["feedback.mean"].isna().any() and (found["events.count"] == 0).any()


def test_when_customers_come_in_many_batches_then_attributes_are_the_same(log, monkeypatch):
    whole = asof.profiles(log, DATES[2], 30, ASKED)
    monkeypatch.setattr(asof, "BATCH", 90)
    pd.testing.assert_frame_equal(asof.profiles(log, DATES[2], 30, ASKED), whole, check_exact=True)


def test_when_rows_are_in_another_order_then_attributes_are_the_same_to_the_bit(rows, tables, log, tmp_path):
    mixed = write_log(rows.sample(frac=1, random_state=9), tmp_path / "log.parquet", FIRST, LAST, False)
    mixed = write_tables(mixed, {name: table.sample(frac=1, random_state=9) for name, table in tables.items()})
    first, second = (asof.profiles(each, DATES[2], 30, ASKED) for each in (log, mixed))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_when_a_kind_has_a_dot_in_it_then_its_figures_can_be_asked_for(tables, log):
    found = asof.profiles(log, DATES[2], None, ("events.a.b.count",)).set_index("customer_id")["events.a.b.count"]
    mine = tables["events"][
        (tables["events"].time < DATES[2] + pd.Timedelta(days=1)) & (tables["events"].kind == "a.b")
    ]
    expected = mine.groupby("customer_id").size().reindex(found.index, fill_value=0)
    assert expected.sum() > 20
    assert found.tolist() == expected.tolist()
