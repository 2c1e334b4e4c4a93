"""Drivers of one's own: columns of a panel, and files; every fault names what to mend."""

import datetime

import pandas as pd
import pytest

from forecastlab.driver.column import Column
from forecastlab.driver.table import Table
from forecastlab.schema import ConfigError, DataError, Facts, Frequency, Ledger, SalesLog

MONTHS = Frequency("M").ends(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-04-30"))
PRICES = """day,shop,price
2024-01-03,007,1.5
2024-01-31,007,2.5
2024-02-29,007,
2024-02-01,8,-4
2024-03-15,8,1e1
2023-12-31,8,99
2024-05-01,8,99
"""


def rows(part, log=None):
    table = part.load(log, Frequency("M"), MONTHS)
    return [tuple(str(value.date()) if hasattr(value, "date") else value for value in row) for row in table.to_numpy()]


def table(path, **changes):
    values = {"path": str(path), "time": "day", "keys": {"store": "shop"}, "columns": {"price": "price"}}
    values |= {"aggregate": "mean", "separator": ",", "decimal": ".", "date_format": "%Y-%m-%d"}
    return Table(**values | {"future": "last", "lag": 0, "scenario": None} | changes)


@pytest.fixture
def prices(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text(PRICES, encoding="utf-8")
    return path


@pytest.mark.parametrize(("how", "january"), [("mean", 2.0), ("sum", 4.0), ("last", 2.5), ("max", 2.5)])
def test_when_a_period_has_several_days_then_they_become_one_number(prices, how, january):
    expected = [("007", "2024-01-31", january), ("8", "2024-02-29", -4.0), ("8", "2024-03-31", 10.0)]
    assert rows(table(prices, aggregate=how)) == expected


def test_when_there_are_no_keys_then_all_series_have_the_same_values(tmp_path):
    path = tmp_path / "sun.csv"
    path.write_text("day;hours\n03.02.2024;7,5\n", encoding="utf-8")
    changes = {"keys": {}, "columns": {"sun": "hours"}, "separator": ";", "decimal": ",", "date_format": "%d.%m.%Y"}
    part = table(path, **changes)
    assert part.by == () and rows(part) == [("2024-02-29", 7.5)]


@pytest.mark.parametrize("days", [pd.to_datetime(["2024-01-05"]), [datetime.date(2024, 1, 5)], ["2024-01-05"]])
def test_when_the_file_is_parquet_then_dates_and_numbers_are_those_of_the_file(tmp_path, days):
    path = tmp_path / "prices.parquet"
    pd.DataFrame({"day": days, "shop": [7], "price": [3]}).to_parquet(path)
    assert rows(table(path)) == [("7", "2024-01-31", 3.0)]


def test_when_cells_are_wrong_then_every_fault_is_told_at_once(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("day,shop,price\n2024-01-03,a,1\n2024-02-30,a,x\n2024-01-03,a,1e999\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        rows(table(path))
    text = str(caught.value)
    assert {fault.code for fault in caught.value.faults} == {"bad-date", "not-a-number", "duplicate-rows"}
    assert "column 'day': not a date as %Y-%m-%d in 1 row, the first in row 2" in text
    assert "column 'price': not a number in 2 rows, the first in row 2" in text
    assert "1 row repeats another's day and shop, the first of them row 3" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("day,shop,price\n", "a header and no row"),
        ("day,shop,prise\n2024-01-03,a,1\n", "no such column; there are day, shop, prise. did you mean prise"),
        ("day,shop,price,price\n2024-01-03,a,1,1\n", "there are 2 such columns"),
        ("day,shop,price\n2024-01-03,a\n", "fewer cells than the header's 3 in 1 row, the first on line 2"),
        ('day,shop,price\n2024-01-03,"a,1\n', "cannot be read as a table"),
        ("day,shop,price\n2020-01-03,a,1\n", "none of its 1 rows has a number and is in the sales' time"),
        ("day,shop,price\n2024-01-03,a,\n", "none of its 1 rows has a number and is in the sales' time"),
        (b"day,shop,price\n2024-01-03,\xe9,1\n", "not UTF-8"),
        (b"PAR1 and no more", "cannot be read as a table"),
    ],
)
def test_when_the_file_is_wrong_then_one_line_says_what(tmp_path, content, message):
    path = tmp_path / "prices.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message):
        rows(table(path))


def test_when_the_file_is_not_there_then_the_key_is_named(tmp_path):
    with pytest.raises(DataError, match=r"there is no such file.*driver.table.path"):
        table(tmp_path / "none.csv").fingerprint()


@pytest.mark.parametrize(
    ("days", "message"), [(pd.to_datetime(["2024-01-05"], utc=True), "time zone"), ([20240105], "numbers where dates")]
)
def test_when_dates_are_not_days_then_they_are_refused(tmp_path, days, message):
    path = tmp_path / "prices.parquet"
    pd.DataFrame({"day": days, "shop": ["a"], "price": [3.0]}).to_parquet(path)
    with pytest.raises(DataError, match=message):
        rows(table(path))


def panel(folder, drivers):
    frame = pd.DataFrame({"unique_id": "s", "ds": MONTHS[:3], "y": 1.0, "price": [1, 2, 3], "sun": [4.0, None, 6.0]})
    frame.to_parquet(folder / "data.parquet")
    facts = Facts("panel", "2024-01-01", "2024-04-30", (), False, Ledger(3, 0, 3, 0), drivers=drivers)
    return SalesLog(folder / "data.parquet", facts)


def test_when_columns_of_a_panel_are_asked_then_each_series_has_its_own(tmp_path):
    log = panel(tmp_path, ("price", "sun"))
    assert rows(Column(("price",), "last", 0, None), log)[1:] == [("s", "2024-02-29", 2.0), ("s", "2024-03-31", 3.0)]
    assert len(rows(Column(("sun",), "last", 0, None), log)) == 2


def test_when_a_panel_lacks_the_column_then_its_columns_are_named(tmp_path):
    with pytest.raises(ConfigError, match=r"found prise, the panel has price, sun. did you mean price"):
        rows(Column(("prise",), "last", 0, None), panel(tmp_path, ("price", "sun")))
    with pytest.raises(ConfigError, match="the dataset has no driver columns"):
        rows(Column(("price",), "last", 0, None), panel(tmp_path, ()))
