"""Series of a stranger: what is read of a CSV file and of Parquet, and what one line says where it cannot be used."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from forecastlab.dataset.panel_csv import PanelCsv
from forecastlab.dataset.panel_parquet import PanelParquet
from forecastlab.schema import ConfigError, DataError, Facts, ForecastlabError

SECRET = "K-SECRET-77"
CONF = Path(__file__).parents[2] / "conf" / "dataset"
MAPPED = {"series": "shop", "time": "month", "value": "sold"}
DRIVEN = {"drivers": {"price": "price"}, "attributes": {"region": "region"}}
HEAD = "shop,month,sold,price,region\n"
GOOD = f"{HEAD}{SECRET},2024-01-31,10,1.5,north\n{SECRET},2024-02-29,11,1.6,north\n0012,2024-02-29,7,2,south\n"
Load = Callable[..., tuple[Facts, pd.DataFrame]]


def settings(choice: str) -> dict[str, Any]:
    found = yaml.safe_load((CONF / f"{choice}.yaml").read_text("utf-8"))
    return {key: value for key, value in found.items() if key != "part"} | MAPPED


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write the text to a CSV file, or the table to Parquet, and load it with some settings changed."""

    def _load(content: str | pa.Table, **changed: Any) -> tuple[Facts, pd.DataFrame]:
        target = tmp_path / "out" / "panel.parquet"
        if isinstance(content, str):
            (tmp_path / "series.csv").write_text(content, encoding="utf-8")
            facts = PanelCsv(**{**settings("panel_csv"), "path": str(tmp_path / "series.csv"), **changed}).load(target)
        else:
            pq.write_table(content, tmp_path / "series.parquet")
            path = str(tmp_path / "series.parquet")
            facts = PanelParquet(**{**settings("panel_parquet"), "path": path, **changed}).load(target)
        return facts, pd.read_parquet(target)

    return _load


def rows(panel: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows with the day as text, and None where there is no value."""
    shown = panel.assign(ds=panel["ds"].dt.strftime("%Y-%m-%d")).astype(object)
    return [tuple(row) for row in shown.where(shown.notna(), None).itertuples(index=False)]


def table(**columns: Any) -> pa.Table:
    days = [datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)]
    return pa.table({"shop": [SECRET, SECRET], "month": days, "sold": [10.0, 11.0], **columns})


def test_when_ids_begin_with_zeros_or_read_like_nothing_then_they_stay(load: Load) -> None:
    _, panel = load("shop,month,sold\n007,2024-01-31,1\n7,2024-01-31,2\nNA,2024-01-31,3\nnull,2024-01-31,4\n")
    assert panel["unique_id"].tolist() == ["007", "7", "NA", "null"]


@pytest.mark.parametrize(
    ("freq", "date_format", "days", "ends"),
    [
        ("M", "%Y-%m-%d", ["2024-01-01", "2024-02-15", "2024-03-31"], ["2024-01-31", "2024-02-29", "2024-03-31"]),
        ("M", "%Y-%m", ["2023-12", "2024-01"], ["2023-12-31", "2024-01-31"]),
        ("Q", "%Y-%m-%d", ["2024-02-10", "2024-06-30"], ["2024-03-31", "2024-06-30"]),
        ("Y", "%Y", ["1871", "1872"], ["1871-12-31", "1872-12-31"]),
        ("W-SAT", "%d.%m.%Y", ["06.01.2024", "07.01.2024"], ["2024-01-06", "2024-01-13"]),
        ("D", "%Y-%m-%d %H:%M:%S", ["2024-02-28 23:59:59", "2024-02-29 00:00:00"], ["2024-02-28", "2024-02-29"]),
    ],
)
def test_when_a_date_is_any_day_of_its_period_then_the_period_is_named_by_its_last_day(
    load: Load, freq: str, date_format: str, days: list[str], ends: list[str]
) -> None:
    text = "shop,month,sold\n" + "".join(f"a,{day},{i}\n" for i, day in enumerate(days))
    facts, panel = load(text, freq=freq, date_format=date_format)
    assert [day for _, day, _ in rows(panel)] == ends
    assert facts.last_day == ends[-1]
    assert facts.first_day <= ends[0]


@pytest.mark.parametrize(
    ("freq", "at", "begins"),
    [
        ("h", ["2024-02-28 22:10", "2024-02-28 23:59", "2024-02-29 00:00"], ["28 22:00", "28 23:00", "29 00:00"]),
        ("30min", ["2024-02-28 23:29", "2024-02-28 23:30", "2024-02-29 00:29"], ["28 23:00", "28 23:30", "29 00:00"]),
        ("15min", ["2024-02-28 23:31", "2024-02-28 23:46", "2024-02-29 00:14"], ["28 23:30", "28 23:45", "29 00:00"]),
    ],
)
def test_when_periods_are_shorter_than_a_day_then_they_are_named_by_their_beginning(
    load: Load, freq: str, at: list[str], begins: list[str]
) -> None:
    text = "shop,month,sold\n" + "".join(f"a,{moment},{i}\n" for i, moment in enumerate(at))
    facts, panel = load(text, freq=freq, date_format="%Y-%m-%d %H:%M")
    assert panel["ds"].dt.strftime("%d %H:%M").tolist() == begins
    assert facts.first_day.endswith(begins[0]) and facts.last_day == "2024-02-29"
    moments = pa.array([datetime.datetime.fromisoformat(moment) for moment in at], pa.timestamp("us"))
    typed = pa.table({"shop": ["a"] * 3, "month": moments, "sold": [0.0, 1.0, 2.0]})
    pd.testing.assert_frame_equal(load(typed, freq=freq)[1], panel)


def test_when_an_hour_has_no_value_then_it_is_filled_as_declared(load: Load) -> None:
    text = "shop,month,sold\na,2024-02-28 22:00,3\na,2024-02-29 01:00,5\n"
    _, panel = load(text, freq="h", date_format="%Y-%m-%d %H:%M", gaps="zero")
    assert panel["y"].tolist() == [3, 0, 0, 5]


def test_when_clocks_are_set_back_then_the_hour_that_comes_twice_is_told(load: Load) -> None:
    text = "shop,month,sold\na,2024-10-27 02:00,3\na,2024-10-27 02:00,5\n"
    with pytest.raises(DataError, match="in UTC"):
        load(text, freq="h", date_format="%Y-%m-%d %H:%M")


def test_when_numbers_are_written_by_programs_or_by_people_then_no_digit_is_lost(load: Load) -> None:
    _, panel = load("shop,month,sold\na,2024-01-31,0.12345678901234566\na,2024-02-29,1e-07\na,2024-03-31,-2.5E+3\n")
    assert panel["y"].tolist() == [0.12345678901234566, 1e-07, -2500.0]
    people = "shop;month;sold\na;2024-01-31;1.234,5\na;2024-02-29;−7\na;2024-03-31;1.000.000\n"
    _, panel = load(people, separator=";", decimal=",", thousands=".")
    assert panel["y"].tolist() == [1234.5, -7.0, 1_000_000.0]


def test_when_drivers_of_coming_periods_are_given_then_they_are_kept_without_a_value(load: Load) -> None:
    text = GOOD + "0012,2024-03-31,,2.2,\n0012,2024-04-30,,2.3,south\n0012,2024-05-31,,,\n"
    facts, panel = load(text, **DRIVEN)
    assert rows(panel) == [
        ("0012", "2024-02-29", 7.0, "south", 2.0),
        ("0012", "2024-03-31", None, "south", 2.2),
        ("0012", "2024-04-30", None, "south", 2.3),
        (SECRET, "2024-01-31", 10.0, "north", 1.5),
        (SECRET, "2024-02-29", 11.0, "north", 1.6),
    ]
    assert (facts.kind, facts.last_day, facts.dimensions, facts.drivers) == (
        "panel",
        "2024-02-29",
        ("region",),
        ("price",),
    )
    assert (facts.ledger.rows_in, facts.ledger.rows_used, facts.ledger.dropped) == (6, 5, {"no value": (1, 0)})
    assert facts.ledger.noted == {"no value, kept for its drivers": (2, 0)}


def test_when_rows_cannot_be_used_then_the_ledger_has_every_one(load: Load) -> None:
    text = GOOD + ",2024-02-29,1,1,x\n5,,1,1,x\n\n , , , , \n9,2024-02-29,,3,west\n4,2024-01-31,3,3,\n"
    facts, panel = load(text, **DRIVEN)
    assert set(panel["unique_id"]) == {SECRET, "0012", "4"}
    assert facts.ledger.dropped == {
        "empty row": (1, 0),
        "no date": (1, 0),
        "no series": (1, 0),
        "of a series without a value": (1, 0),
    }
    assert facts.ledger.rows_in == 8 and facts.ledger.rows_used == len(panel) == 4
    assert facts.ledger.noted == {
        "of a series that ended before the last period": (1, 0),
        "region filled with 'unknown'": (1, 0),
    }


HOLES = "shop,month,sold\na,2024-01-31,4\na,2024-02-29,\na,2024-05-31,6\nb,2024-05-31,9\n"


@pytest.mark.parametrize(("gaps", "between"), [("zero", 0.0), ("carry", 4.0)])
def test_when_periods_are_missing_inside_a_series_then_they_are_filled_as_declared(
    load: Load, gaps: str, between: float
) -> None:
    facts, panel = load(HOLES, gaps=gaps)
    assert panel.loc[panel["unique_id"] == "a", "y"].tolist() == [4.0, between, between, between, 6.0]
    assert panel.loc[panel["unique_id"] == "b", "y"].tolist() == [9.0]
    words = {"zero": "filled with zero", "carry": "filled with the last"}
    assert facts.ledger.noted == {f"period without a value, {words[gaps]}": (3, 0)}
    assert facts.ledger.balanced and facts.ledger.rows_used == 3 and facts.ledger.dropped == {"no value": (1, 0)}


def test_when_a_filled_period_has_drivers_of_its_own_then_they_stay(load: Load) -> None:
    text = HEAD + "a,2024-01-31,4,1,n\na,2024-02-29,,2,n\na,2024-04-30,6,3,n\n"
    _, panel = load(text, gaps="zero", **DRIVEN)
    assert panel["y"].tolist() == [4.0, 0.0, 0.0, 6.0]
    assert [None if math.isnan(value) else value for value in panel["price"]] == [1.0, 2.0, None, 3.0]


def test_when_a_file_is_long_then_the_panel_is_that_of_pandas(load: Load) -> None:
    rng = np.random.default_rng(3)
    weeks = pd.date_range("2020-01-04", periods=80, freq="W-SAT")
    frames = [
        pd.DataFrame({"shop": f"{i:03d}", "month": weeks[rng.integers(0, 60) :]}).assign(region=f"r{i % 4}")
        for i in range(50)
    ]
    frame = pd.concat(frames).sample(frac=1, random_state=1)
    frame["sold"], frame["price"] = rng.normal(0, 1e3, len(frame)), rng.uniform(1, 2, len(frame))
    facts, panel = load(frame.to_csv(index=False), freq="W-SAT", **DRIVEN)
    expected = frame.sort_values(["shop", "month"]).rename(columns={"shop": "unique_id", "month": "ds", "sold": "y"})
    expected = expected[["unique_id", "ds", "y", "region", "price"]].astype({"ds": "datetime64[us]"})
    pd.testing.assert_frame_equal(panel, expected.reset_index(drop=True), check_exact=True, check_dtype=False)
    _, same = load(pa.Table.from_pandas(frame, preserve_index=False), freq="W-SAT", **DRIVEN)
    pd.testing.assert_frame_equal(panel, same, check_exact=True)
    assert facts.ledger.rows_in == facts.ledger.rows_used == len(frame)


@pytest.mark.parametrize(
    ("columns", "read"),
    [
        ({"shop": pa.array([9007199254740993, 7])}, {"unique_id": ["7", "9007199254740993"]}),
        ({"shop": pa.array(["b", "b"]).dictionary_encode()}, {"unique_id": ["b", "b"]}),
        ({"sold": pa.array([1, 2], pa.int32())}, {"y": [1.0, 2.0]}),
        ({"sold": pa.array([Decimal("1.5"), Decimal("2")])}, {"y": [1.5, 2.0]}),
        ({"sold": pa.array([0.5, 2], pa.float32())}, {"y": [0.5, 2.0]}),
        ({"price": pa.array([True, False])}, {"price": [1.0, 0.0]}),
        ({"region": pa.array([7, 7])}, {"region": ["7", "7"]}),
        ({"month": pa.array([datetime.datetime(2024, 1, 3, 12), datetime.datetime(2024, 2, 1)])}, {"y": [10.0, 11.0]}),
    ],
    ids=["integers", "categories", "counts", "decimals", "32 bits", "yes and no", "codes", "times"],
)
def test_when_columns_have_types_then_they_are_read_as_what_they_are(
    load: Load, columns: dict[str, Any], read: dict[str, list[Any]]
) -> None:
    content = table(**{"price": [1.0, 2.0], "region": ["n", "n"], **columns})
    _, panel = load(content, **DRIVEN)
    for name, values in read.items():
        assert panel[name].tolist() == values


FAULTS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "the same period twice": (GOOD + "0012,2024-02-01,8,2,south\n", {}, ["duplicate-periods", "in 1 row,", "line 5"]),
    "a gap": (GOOD + "0012,2024-05-01,8,2,south\n", {}, ["gaps", "2 periods of M inside 1 of 2", "line 4", "zero"]),
    "a text for a value": (GOOD + "0012,2024-03-01,x,2,south\n", {}, ["bad-number", "'sold'", "line 5", "empty"]),
    "infinity": (GOOD + "0012,2024-03-01,inf,2,south\n", {}, ["bad-number", "'sold'", "line 5"]),
    "too large for a float": (GOOD + "0012,2024-03-01,1e999,2,south\n", {}, ["bad-number", "'sold'", "line 5"]),
    "a text for a driver": (GOOD + "0012,2024-03-01,8,dear,south\n", DRIVEN, ["bad-number", "'price'", "line 5"]),
    "a hole in a driver": (
        HEAD + "a,2024-01-31,1,,n\na,2024-02-29,2,3,n\nb,2024-01-31,2,3,n\n",
        DRIVEN,
        ["empty-driver", "1 row ", "line 2"],
    ),
    "a series without its driver": (GOOD + "5,2024-01-31,1,,north\n", DRIVEN, ["empty-driver", "in 1 row ", "line 5"]),
    "an attribute that changes": (GOOD + "0012,2024-03-31,8,2,west\n", DRIVEN, ["changing-attribute", "line 5"]),
    "a decimal comma": (
        "shop;month;sold\na;2024-01-31;1,5\na;2024-02-29;2\n",
        {"separator": ";"},
        ["bad-number", "line 2", "decimal: ','"],
    ),
    "another date format": (GOOD.replace("2024-02-29", "29.02.2024"), {}, ["bad-date", "in 2 rows", "line 3"]),
    "a year that cannot be": (GOOD + "0012,2924-03-31,8,2,west\n", {}, ["far-date", "line 5"]),
    "no such column": (GOOD, {"value": "sales"}, ["missing-column", "dataset.value", "'sold'"]),
    "no such driver": (GOOD, {"drivers": {"price": "Price"}}, ["missing-column", "dataset.drivers.price", "case"]),
    "a column twice": (GOOD.replace("region", "sold"), {}, ["double-column", "2 columns 'sold'"]),
    "header only": (HEAD, {}, ["no-rows"]),
    "no value at all": (HEAD + "a,2024-01-31,,1,n\n", DRIVEN, ["all-missing", "'sold'"]),
    "a short row": (GOOD + "0012,2024-03-31\n", {}, ["short-rows", "line 5"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_when_a_file_cannot_be_used_then_one_fault_says_so_and_no_id_is_shown(
    load: Load, tmp_path: Path, name: str
) -> None:
    content, changed, wanted = FAULTS[name]
    with pytest.raises(DataError) as caught:
        load(content, **changed)
    assert_one(caught.value, wanted)
    assert not (tmp_path / "out" / "panel.parquet").exists()


@pytest.mark.parametrize(
    ("columns", "changed", "wanted"),
    [
        ({"sold": [1.0, math.inf]}, {}, ["bad-number", "'sold'", "row 2"]),
        ({"sold": pa.array([1.0, math.nan])}, {}, ["bad-number", "'sold'", "row 2", "null"]),
        ({"shop": [1.0, 2.0]}, {}, ["wrong-type", "series has to be", "digits"]),
        ({"sold": ["1", "2"]}, {}, ["wrong-type", "value has to be", "CAST(sold AS DOUBLE)"]),
        ({"month": ["2024-01-31", "2024-02-29"]}, {}, ["wrong-type", "time has to be"]),
        ({"price": ["1", "2"]}, {"drivers": {"price": "price"}}, ["wrong-type", "drivers has to be"]),
        ({"month": [datetime.date(2024, 1, 1), datetime.date(2024, 1, 31)]}, {}, ["duplicate-periods", "row 2"]),
        ({"month": [datetime.date(2024, 1, 1), datetime.date(2024, 3, 31)]}, {}, ["gaps", "row 1"]),
        ({}, {"value": "sales"}, ["missing-column", "dataset.value"]),
    ],
    ids=["infinity", "NaN", "float ids", "text values", "text dates", "text drivers", "twice", "gap", "missing"],
)
def test_when_parquet_cannot_be_used_then_one_fault_says_so(
    load: Load, columns: dict[str, Any], changed: dict[str, Any], wanted: list[str]
) -> None:
    with pytest.raises(DataError) as caught:
        load(table(**columns), **changed)
    assert_one(caught.value, wanted)


def test_when_several_things_are_wrong_then_all_are_said_at_once(load: Load) -> None:
    text = GOOD + "0012,2024-02-29,x,2,west\n0012,2024-05-31,8,dear,south\n0012,2024-06-31,8,2,south\n"
    with pytest.raises(DataError) as caught:
        load(text, **DRIVEN)
    codes = [fault.code for fault in caught.value.faults]
    # a date that cannot be read leaves a hole, so gaps are not counted
    assert codes == ["bad-date", "bad-number", "bad-number", "duplicate-periods", "changing-attribute"]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"freq": "H"}, ["bad-frequency", "'H'"]),
        ({"value": "shop"}, ["same-column"]),
        ({"drivers": {"price": "sold"}}, ["same-column", "drivers.price", "foretold"]),
        ({"drivers": {"y": "price"}}, ["bad-name", "drivers.y", "taken"]),
        ({"attributes": {"my region": "region"}}, ["bad-name", "attributes.my region"]),
        ({"attributes": {"price": "region"}, "drivers": {"price": "price"}}, ["bad-name", "drivers.price"]),
        ({"thousands": "."}, ["same-sign"]),
        ({"date_format": "%Y-%Q"}, ["bad-format", "date_format"]),
    ],
)
def test_when_settings_contradict_each_other_then_the_config_is_to_blame(
    load: Load, changed: dict[str, Any], wanted: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(GOOD, **changed)
    assert_one(caught.value, wanted)


def assert_one(error: ForecastlabError, wanted: list[str]) -> None:
    assert len(error.faults) == 1, str(error)
    for words in wanted:
        assert words in str(error), str(error)
    assert SECRET not in str(error) and "0012" not in str(error)
