"""What a profile tells of customers, on small logs that can be counted by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from forecastlab.schema import ConfigError, Frequency
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.profiling.baskets import baskets
from forecastlab.stages.profiling.cohorts import cohorts
from forecastlab.stages.profiling.distribution import distribution
from forecastlab.stages.profiling.funnel import funnel, usual
from forecastlab.stages.profiling.items import item_of
from forecastlab.stages.profiling.jumps import jumps
from forecastlab.stages.profiling.recency_frequency import frequency_days, recency_days, recency_frequency
from forecastlab.testing.logs import COLUMNS, TABLE, write_log, write_tables


def log_of(tmp_path, lines, first_day="2024-01-01", last_day="2024-03-31"):
    """A log from (customer, day, cents), each a basket of its own, in shop x unless another is given."""
    rows = [
        (who, day, cents, 1.0, str(i), *(more or ["x"]), "food") for i, (who, day, cents, *more) in enumerate(lines)
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS).assign(time=lambda table: pd.to_datetime(table["time"]))
    return write_log(frame, tmp_path / "log.parquet", first_day, last_day, True)


def rows(table, *columns):
    return [tuple(row) for row in table[list(columns)].itertuples(index=False)]


def test_when_customers_bought_at_different_times_then_each_is_in_its_class_of_recency_and_frequency(tmp_path):
    log = log_of(
        tmp_path,
        [
            ("a", "2024-03-31", 100),  # today, one day: class 0, 0
            ("b", "2024-03-25", 200),  # 6 days ago, with the line below two days: class 0, 1
            ("b", "2024-01-01", 300),
            ("c", "2024-03-24", 400),  # 7 days ago, and returned a part: class 1, 0
            ("c", "2024-03-30", -50),
            ("d", "2024-03-10", 10),  # 21 days ago: class 2
            (None, "2024-03-10", 10),
        ],
    )
    told = recency_frequency(log)
    assert rows(told.tables["map"], "recency", "frequency", "customers", "cents") == [
        (0, 0, 1, 100),
        (0, 1, 1, 500),
        (1, 0, 1, 350),
        (2, 0, 1, 10),
    ]
    assert [recency_days(i) for i in range(3)] == [(0, 6), (7, 20), (21, 48)]
    assert [frequency_days(i) for i in range(3)] == [(1, 1), (2, 3), (4, 7)]


def test_when_cohorts_buy_again_then_shares_are_of_those_who_first_bought_that_month(tmp_path):
    log = log_of(
        tmp_path,
        [
            ("a", "2024-01-05", 100),
            ("b", "2024-01-20", 100),
            ("b", "2024-01-25", -40),
            ("a", "2024-02-10", 50),
            ("b", "2024-03-01", 70),
            ("c", "2024-02-29", 30),
            ("c", "2024-03-02", -30),  # only brought back
        ],
    )
    found = cohorts(log).tables["cohorts"]
    january, february = pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-29")
    assert rows(found, "cohort", "age", "customers", "cents", "size", "share") == [
        (january, 0, 2, 160, 2, 1.0),
        (january, 1, 1, 50, 2, 0.5),
        (january, 2, 1, 70, 2, 0.5),
        (february, 0, 1, 30, 1, 1.0),
        (february, 1, 0, -30, 1, 0.0),
    ]


def test_when_a_month_is_not_whole_then_it_is_no_cohort_and_short_data_has_none(tmp_path):
    lines = [("a", "2024-01-05", 1), ("b", "2024-02-05", 1), ("b", "2024-03-05", 1)]
    found = cohorts(log_of(tmp_path, lines, first_day="2024-01-02", last_day="2024-03-31")).tables["cohorts"]
    assert set(found["cohort"]) == {pd.Timestamp("2024-02-29")}
    assert cohorts(log_of(tmp_path, lines, first_day="2024-01-02", last_day="2024-03-30")).absent == "short"


def test_when_no_purchase_names_a_customer_then_there_is_no_map_and_no_cohort(tmp_path):
    log = log_of(tmp_path, [(None, "2024-01-05", 1), (None, "2024-03-05", 1)])
    assert recency_frequency(log).absent == cohorts(log).absent == "nobody"


def campaigns(tmp_path):
    """Five mailings, of which one is too young and one was the control group's."""
    log = log_of(
        tmp_path,
        [("a", "2024-01-12", 1), ("a", "2024-01-20", 1), ("b", "2024-02-20", 1), ("c", "2024-01-10", 1)],
    )
    sent = [("a", "2024-01-10", 1.0), ("a", "2024-02-01", 1.0), ("b", "2024-02-01", 1.0), ("c", "2024-03-20", 1.0)]
    sent += [("c", "2024-01-05", 0.0)]
    mails = pd.DataFrame([(who, day, "spring", value) for who, day, value in sent], columns=TABLE)
    told = [("a", "2024-01-12"), ("a", "2024-01-09"), ("b", "2024-02-25")]
    events = pd.DataFrame([(who, day, "redemption", None) for who, day in told], columns=TABLE)
    tables = {"campaigns": mails, "events": events}
    return write_tables(log, {k: v.assign(time=pd.to_datetime(v["time"])) for k, v in tables.items()})


def test_when_a_funnel_is_told_then_steps_follow_each_other_within_the_days(tmp_path):
    log = campaigns(tmp_path)
    assert usual(log.facts) == ("campaigns", "events.redemption", "purchase_later")
    told = funnel(log, None, 30)
    # a's first mailing: redeemed on the 12th, bought again on the 20th; b redeemed on the 25th, but bought before that
    assert rows(told.tables["steps"], "step", "entries", "customers") == [
        ("campaigns", 3, 2),
        ("events.redemption", 2, 2),
        ("purchase_later", 1, 1),
    ]
    assert told.tables["steps"]["days"].tolist()[1:] == [2.0, 8.0]  # the middle of 2 and 24 is the lower
    assert told.figures["young"] == 1
    assert rows(funnel(log, ["campaigns", "purchase"], 30).tables["steps"], "entries") == [(3,), (2,)]
    assert rows(funnel(log, ["campaigns", "events.redemption"], 1).tables["steps"], "entries") == [(4,), (0,)]


def test_when_a_funnel_cannot_be_told_then_it_says_why(tmp_path):
    log = campaigns(tmp_path)
    with pytest.raises(
        ConfigError, match=r"unknown-step: profile\.funnel: found event\.redemption.*events\.redemption"
    ):
        funnel(log, ["campaigns", "event.redemption"], 30)
    with pytest.raises(ConfigError, match="a funnel has two steps at least"):
        funnel(log, ["campaigns"], 30)
    assert funnel(log, None, 1000).absent == "young"
    assert funnel(log_of(tmp_path, [("a", "2024-01-12", 1)]), None, 30).absent == "events"


def test_when_an_account_jumps_then_it_is_measured_against_its_own_past(tmp_path):
    weeks = pd.date_range("2024-01-07", periods=6, freq="W-SUN")
    spent = [1000, 1200, 1100, 1300, 9000, 1200]
    calm = [1000, 1000, 1000, 1000, 1500, 1000]
    lines = [("a", f"{day:%Y-%m-%d}", c) for day, c in zip(weeks, spent, strict=True)]
    lines += [("b", f"{day:%Y-%m-%d}", c) for day, c in zip(weeks, calm, strict=True)]
    told = jumps(log_of(tmp_path, lines), Calendar(Frequency("W-SUN"), 0, 52), 4, 4.0, 10)
    # a: median of 1000, 1200, 1100, 1300 is 1150, deviations 150, 50, 50, 150: median 100
    # b: no deviation at all, so a tenth of the median counts: (1500 - 1000) / 100
    found = told.tables["list"]
    assert rows(found, "unique_id", "cents", "usual_cents", "n") == [("a", 9000, 1150.0, 4), ("b", 1500, 1000.0, 4)]
    assert found["z"].tolist() == pytest.approx([7850 / 148.26, 5.0])
    assert told.figures == {"looked": 4.0, "jumps": 2.0, "customers": 2.0, "least": 4.0}
    assert jumps(log_of(tmp_path, lines), Calendar(Frequency("W-SUN"), 0, 52), 20, 4.0, 10).absent == "short"
    assert jumps(log_of(tmp_path, lines), Calendar(Frequency("W-SUN"), 0, 52), 7, 4.0, 10).absent == "seldom"


def test_when_goods_lie_in_baskets_together_then_the_strongest_pairs_are_told_once(tmp_path):
    held = {str(i): items for i, items in enumerate(["ab"] * 4 + ["abc"] * 2 + ["a", "c", "bc", "bc", "bc", "d"])}
    goods = [("k", basket, item) for basket, items in held.items() for item in items]
    lines = [(who, pd.Timestamp("2024-01-05"), 100, 1.0, basket, "x", item) for who, basket, item in goods]
    lines.append(("k", pd.Timestamp("2024-01-05"), -100, -1.0, "11", "x", "a"))  # brought back
    log = write_log(pd.DataFrame(lines, columns=COLUMNS), tmp_path / "log.parquet", "2024-01-01", "2024-01-31", True)
    told = baskets(log, "kind_of_goods", 0.1, 5)
    assert rows(told.tables["sizes"], "size", "baskets", "lines", "cents") == [(0, 3, 3, 300), (1, 9, 20, 2000)]
    # of 12 baskets a is in 7, b in 9, c in 6; a and b are in 6 together, b and c in 5, a and c in 2: too few
    pairs = told.tables["pairs"]
    assert rows(pairs, "item", "other", "together") == [("a", "b", 6), ("c", "b", 5)]
    assert pairs["support"].tolist() == pytest.approx([6 / 12, 5 / 12])
    assert pairs["confidence"].tolist() == pytest.approx([6 / 7, 5 / 6])
    assert pairs["lift"].tolist() == pytest.approx([6 * 12 / 63, 5 * 12 / 54])


def test_when_sales_are_distributed_then_traits_of_customers_are_told_from_those_of_purchases(tmp_path):
    lines = [("a", "2024-01-05", 100, "x"), ("a", "2024-01-06", 20, "y"), ("b", "2024-01-07", 5, "y")]
    told = distribution(log_of(tmp_path, lines))
    found = told.tables["values"]
    assert rows(found, "dimension", "value", "lines", "customers", "cents") == [
        ("shop", "x", 1, 1, 100),
        ("shop", "y", 2, 2, 25),
        ("kind_of_goods", "food", 3, 2, 125),
    ]
    assert rows(told.tables["dimensions"], "dimension", "single", "personal") == [
        ("shop", 0.5, False),
        ("kind_of_goods", 1.0, True),
    ]
    assert item_of(log_of(tmp_path, lines).facts, None) is None
    with pytest.raises(ConfigError, match="found shopp, this data has shop"):
        item_of(log_of(tmp_path, lines).facts, "shopp")
    assert math.isclose(found["cents"].sum(), 250)
