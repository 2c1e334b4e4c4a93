"""The five shares of a small log, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from forecastlab.schema import ConfigError, Facts, Frequency, Ledger, SalesLog
from forecastlab.stages.profiling.asked import Quality
from forecastlab.stages.profiling.panel_quality import panel_quality
from forecastlab.stages.profiling.quality import quality
from forecastlab.testing.logs import COLUMNS, write_log

WEEKS = Frequency("W-SUN")
USUAL = Quality(None, None, None, 1000)


def made(tmp_path):
    """Eight used rows of five weeks; two more were left out because a field was empty, one by choice."""
    rows = [
        ("a", "2024-01-02", 100, 1.0, "1", "x", "food"),
        ("a", "2024-01-02", 100, 1.0, "1", "x", "food"),  # looks like the row before
        ("b", "2024-01-09", 200, -1.0, "2", "x", "unknown"),  # money for goods that went back
        (None, "2024-01-16", 100, 1.0, "3", "y", "food"),  # nobody
        ("c", "2024-01-17", 100, None, "4", "y", "food"),  # no quantity
        ("c", "2024-01-18", 100, 1.0, "4", "y", "food"),  # the basket goes on for another day
        ("d", "2024-01-30", 200_000, 1.0, "5", "y", "food"),  # 2,000 times the median
        ("e", "2024-01-31", 100, 1.0, "6", "y", "food"),
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS).assign(time=lambda table: pd.to_datetime(table["time"]))
    log = write_log(frame, tmp_path / "log.parquet", "2024-01-01", "2024-02-04", True)
    used, cents = log.facts.ledger.rows_used, log.facts.ledger.cents_used
    dropped = {"no date": (1, 10), "no amount": (1, 0), "after last_day": (1, 50)}
    ledger = Ledger(used + 3, cents + 60, used, cents, dropped, {"repeats another row": (1, 100)})
    return replace(log, facts=replace(log.facts, ledger=ledger))


def shares(told):
    table = told.tables["shares"]
    return {row.dimension: (row.good, row.of) for row in table.itertuples()}


def test_when_a_log_has_faults_then_each_share_counts_its_own_and_accuracy_is_their_product(tmp_path):
    told = quality(made(tmp_path), WEEKS, USUAL)
    # 10 rows without the one left out by choice; of their 50 cells one customer, quantity, date and amount are empty
    assert shares(told) == {
        "completeness": (46, 50),
        "validity": (7, 8),
        "uniqueness": (9, 10),
        "timeliness": (4, 5),  # nothing in the week that ends on 28 January
        "consistency": (5, 8),  # the basket has two rows
    }
    expected = 46 / 50 * 7 / 8 * 9 / 10 * 4 / 5 * 5 / 8
    assert told.figures["accuracy"] == pytest.approx(expected, rel=1e-12)
    assert told.figures["alike"] == 1
    faults = told.tables["faults"].set_index("fault")["n"]
    assert faults["basket on several days"] == 2 and faults["amount and quantity do not fit"] == 1
    assert faults["basket of several customers"] == 0 and faults["amount beyond belief"] == 1


def test_when_a_dimension_is_asked_for_then_its_unknown_values_count(tmp_path):
    told = quality(made(tmp_path), WEEKS, Quality(None, ["kind_of_goods"], None, 1000))
    assert shares(told)["completeness"] == (9, 10)


def test_when_the_data_should_reach_further_then_the_missing_weeks_count(tmp_path):
    told = quality(made(tmp_path), WEEKS, Quality(None, None, "2024-02-18", 1000))
    assert shares(told)["timeliness"] == (4, 7)


def test_when_a_field_is_asked_for_that_is_not_there_then_the_nearest_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown-field: quality\.fields: found shops.*did you mean shop\?"):
        quality(made(tmp_path), WEEKS, Quality(None, ["shops"], None, 1000))
    with pytest.raises(ConfigError, match=r"bad-value: quality\.as_of: found 'soon'"):
        quality(made(tmp_path), WEEKS, Quality(None, None, "soon", 1000))


def test_when_a_panel_has_holes_and_odd_days_then_its_shares_count_them(tmp_path):
    days = ["2024-01-07", "2024-01-21", "2024-01-28", "2024-01-07", "2024-01-15"]
    frame = pd.DataFrame({"unique_id": ["a", "a", "a", "b", "b"], "ds": pd.to_datetime(days), "y": [1.0, 2, 3, 4, 5]})
    path = tmp_path / "panel.parquet"
    frame.to_parquet(path)
    ledger = Ledger(6, 0, 5, 0, {"no value": (1, 0)})
    log = SalesLog(path, Facts("panel", "2024-01-01", "2024-01-28", (), False, ledger))
    told = panel_quality(log, WEEKS)
    # a has 3 of 4 weeks; of b's, from its first row to its last, one week ends, and its second date ends none
    assert shares(told) == {
        "completeness": (5, 6),
        "validity": (5, 5),
        "uniqueness": (5, 5),
        "timeliness": (4, 6),
        "consistency": (4, 5),
    }
