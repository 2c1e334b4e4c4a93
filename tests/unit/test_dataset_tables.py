"""Tables beside the sales log: the same from a CSV file, from Parquet and from a database."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

from forecastlab.dataset._tables import FileTable, QueryTable
from forecastlab.dataset.csv import Csv
from forecastlab.dataset.parquet import Parquet
from forecastlab.dataset.sql import Sql
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError, DataError, Facts, SalesLog

CONF = Path(__file__).parents[2] / "conf" / "dataset"
KINDS = {"csv": Csv, "parquet": Parquet, "sql": Sql}
SALES = pd.DataFrame({"who": ["1", "2"], "day": ["2024-02-01", "2024-02-29"], "paid": [1.5, 2.0]})
EVENTS = pd.DataFrame(
    [
        ("1", "2024-01-05", "visit", 2.5),
        ("2", "2024-02-05", "call", None),
        ("0", "2024-02-05", "call", 1.0),
        (None, "2024-02-06", "visit", 1.0),
        ("3", None, "visit", 1.0),
        ("3", "2024-02-07", None, 4.0),
        (None, None, None, None),
        ("1", "2024-03-01", "visit", 1.0),
        ("1", "2024-01-04", "visit", 3.0),
    ],
    columns=["id", "at", "what", "much"],
)
MAP = {"customer": "id", "time": "at", "kind": "what"}
Load = Callable[..., tuple[Facts, list[tuple[Any, ...]]]]


@pytest.fixture(params=sorted(KINDS))
def load(request: pytest.FixtureRequest, tmp_path: Path) -> Load:
    """Write a log and a table of events in the form of the source, and load both."""
    kind: str = request.param
    values = yaml.safe_load((CONF / f"{kind}.yaml").read_text("utf-8"))
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key != "part"}

    def _load(events: pd.DataFrame, value: str | None = "much", **changed: Any) -> tuple[Facts, list[tuple[Any, ...]]]:
        place, table = _write(kind, events, value, tmp_path)
        settings = {**plain, "customer": "who", "time": "day", "amount": "paid", **place, "tables": {"events": table}}
        target = tmp_path / "out" / "data.parquet"
        facts = KINDS[kind](**{**settings, "anonymous_values": ("0",), **changed}).load(target)
        assert {path.name for path in target.parent.iterdir()} == {"data.parquet", "events.parquet"}
        with duckdb.connect() as con:
            file = SalesLog(target, facts).table("events")
            return facts, con.execute(f"SELECT customer_id, time, kind, value FROM '{file}'").fetchall()

    return _load


def _write(kind: str, events: pd.DataFrame, value: str | None, folder: Path) -> tuple[dict[str, Any], Any]:
    if kind == "sql":
        path = folder / "shop.sqlite"
        path.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as con:
            SALES.to_sql("sales", con, index=False)
            events.to_sql("events", con, index=False)
        place = {"path": str(path), "query": "SELECT * FROM sales"}
        return place, QueryTable(query="SELECT * FROM events", value=value, **MAP)
    if kind == "csv":
        SALES.to_csv(folder / "sales.csv", index=False)
        events.to_csv(folder / "events.csv", index=False)
        return {"path": str(folder / "sales.csv")}, FileTable(path=str(folder / "events.csv"), value=value, **MAP)
    SALES.assign(day=pd.to_datetime(SALES["day"])).to_parquet(folder / "sales.parquet")
    typed = events.assign(at=pd.to_datetime(events["at"])) if "at" in events else events
    typed.to_parquet(folder / "events.parquet")
    return {"path": str(folder / "sales.parquet")}, FileTable(path=str(folder / "events.parquet"), value=value, **MAP)


def day(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def test_when_a_table_is_named_then_it_lies_beside_the_log_and_what_is_left_out_is_told(load: Load) -> None:
    facts, rows = load(EVENTS, last_day="2024-02-29")
    assert rows == [
        ("1", day("2024-01-04"), "visit", 3.0),
        ("1", day("2024-01-05"), "visit", 2.5),
        ("2", day("2024-02-05"), "call", None),
        ("3", day("2024-02-07"), "unknown", 4.0),
    ]
    assert facts.tables == {"events": ("call", "unknown", "visit")}
    noted = {name: told for name, told in facts.ledger.noted.items() if name.startswith("events")}
    assert noted == {
        "events without a customer": (2, 0),
        "events without a time": (1, 0),
        "events without a kind": (1, 0),
        "events after last_day": (1, 0),
        "events with nothing in them": (1, 0),
    }
    assert (facts.ledger.rows_in, facts.ledger.cents_in) == (2, 350)


def test_when_there_is_no_column_of_values_then_values_are_null(load: Load) -> None:
    _, rows = load(EVENTS.drop(columns="much"), value=None)
    assert len(rows) == 5 and {row[3] for row in rows} == {None}


def test_when_a_table_has_more_kinds_than_a_profile_can_tell_apart_then_it_is_refused(load: Load) -> None:
    def events(count: int) -> pd.DataFrame:
        return pd.DataFrame({"id": "1", "at": "2024-02-01", "what": [f"k{i:03}" for i in range(count)], "much": 1.0})

    assert len(load(events(50))[0].tables["events"]) == 50
    with pytest.raises(DataError, match=r"too-many-kinds: .*column 'what'.* 51 kinds, at most 50"):
        load(events(51))


def test_when_log_and_table_are_both_wrong_then_all_faults_are_said_and_nothing_is_written(
    load: Load, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as raised:
        load(EVENTS.drop(columns=["what", "at"]), amount="payed")
    wheres = [(fault.code, fault.where.rpartition("dataset.")[2]) for fault in raised.value.faults]
    assert wheres == [("missing-column", name) for name in ("amount", "tables.events.time", "tables.events.kind")]
    assert list((tmp_path / "out").iterdir()) == []


def test_when_no_row_can_be_kept_then_the_table_is_refused(load: Load) -> None:
    with pytest.raises(DataError, match=r"all-missing.*column 'id'"):
        load(EVENTS.assign(id="0"))


def test_when_a_time_is_a_filler_then_it_is_refused_until_last_day_says_it_may_go(load: Load) -> None:
    events = pd.DataFrame({"id": ["1", "1"], "at": ["2024-02-01", "2150-12-31"], "what": "visit", "much": 1.0})
    with pytest.raises(DataError, match="implausible-date"):
        load(events)
    assert len(load(events, last_day="2024-02-29")[1]) == 1


@pytest.mark.parametrize("part", ["csv", "parquet", "sql"])
def test_when_the_content_of_a_table_changes_then_so_does_the_fingerprint(part: str, tmp_path: Path) -> None:
    values = yaml.safe_load((CONF / f"{part}.yaml").read_text("utf-8"))
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key != "part"}
    marks = []
    for events in (EVENTS, EVENTS.head(3)):
        place, table = _write(part, events, None, tmp_path)
        settings = {**plain, "customer": "who", "time": "day", "amount": "paid", **place, "tables": {"events": table}}
        marks.append(KINDS[part](**settings).fingerprint())
    assert marks[0] != marks[1]


GIVEN = ["dataset=csv", *(f"dataset.{key}=x" for key in ("path", "customer", "time", "amount"))]
LEADS = "{path: leads.csv, customer: id, time: day, kind: source, value: null}"


def test_when_a_config_names_tables_then_each_is_a_record() -> None:
    recipe = build(compose([*GIVEN, "tracking=none", f"+dataset.tables.leads={LEADS}"]))
    wanted = FileTable(path="leads.csv", customer="id", time="day", kind="source", value=None)
    assert recipe.experiment.dataset.tables == {"leads": wanted}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("+dataset.tables.lead={}", ["found lead, allowed are events, leads, campaigns, feedback", "mean leads?"]),
        ("+dataset.tables.leads={path: a, customer: b, time: c, kind: d}", ["dataset.tables.leads.value", "no value"]),
        ("+dataset.tables.leads=" + LEADS.replace("id", "7"), ["dataset.tables.leads.customer: found 7", "string"]),
        ("+dataset.tables.leads=" + LEADS.replace("kind", "knd"), ["no parameter knd", "did you mean kind?"]),
        ("+dataset.tables.leads=leads.csv", ['dataset.tables.leads: found "leads.csv"', "mapping of path, customer"]),
        ("dataset.tables=null", ["dataset.tables: found null", "a mapping from a name"]),
    ],
)
def test_when_a_table_is_described_wrongly_then_the_key_is_named(words: str, wanted: list[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        build(compose([*GIVEN, "tracking=none", words]))
    assert all(text in str(raised.value) for text in wanted), str(raised.value)
