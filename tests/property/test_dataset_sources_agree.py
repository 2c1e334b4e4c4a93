"""The same sales from a CSV file, from Parquet and from a database: the same log to the last byte, the same account."""

from __future__ import annotations

import contextlib
import csv
import datetime
import sqlite3
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastlab.dataset._csv_cells import BLANKS
from forecastlab.dataset.csv import Csv
from forecastlab.dataset.parquet import Parquet
from forecastlab.dataset.sql import Sql
from forecastlab.schema import Facts, ForecastlabError

CONF = Path(__file__).parents[2] / "conf" / "dataset"
HEAD = ["id", "day", "money", "n", "shop"]
MAP = {
    "customer": "id",
    "time": "day",
    "amount": "money",
    "quantity": "n",
    "dimensions": {"shop": "shop"},
    "first_day": "2000-01-01",
    "last_day": "2030-12-31",
    "anonymous_values": ("0",),
}
# In a text file an empty cell and an empty text are the same: nothing but blanks stands for no text here.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs", "Cc"]), max_size=4
).map(lambda text: text if text.strip(BLANKS) else None)
IDS = st.one_of(st.none(), st.sampled_from(["007", "7", "0", " 7 ", "NA"]), TEXTS)
DAYS = st.one_of(st.none(), st.dates(), st.dates(datetime.date(2024, 1, 1), datetime.date(2024, 1, 5)))
CENTS = st.one_of(st.none(), st.integers(-500, 500), st.integers(-(10**13), 10**13))
NUMBERS = st.one_of(st.none(), st.integers(-3, 9))
ROWS = st.lists(st.tuples(IDS, DAYS, CENTS, NUMBERS, st.one_of(st.none(), TEXTS)), min_size=1, max_size=10)


def part(kind: Any, name: str, **changed: Any) -> Any:
    values = yaml.safe_load((CONF / f"{name}.yaml").read_text("utf-8"))
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key != "part"}
    return kind(**{**plain, **MAP, **changed})


def written(rows: list[tuple[Any, ...]], folder: Path) -> dict[str, dict[str, Any]]:
    """The rows in all three forms: where each is."""
    with (folder / "s.csv").open("w", newline="", encoding="utf-8") as stream:
        lines = [(i, d, None if c is None else Decimal(c).scaleb(-2), n, s) for i, d, c, n, s in rows]
        csv.writer(stream).writerows([HEAD, *lines])
    ids, days, cents, numbers, shops = zip(*rows, strict=True)
    money = [None if c is None else Decimal(c).scaleb(-2) for c in cents]
    types = [pa.string(), pa.date32(), pa.decimal128(18, 2), pa.int64(), pa.string()]
    columns = [pa.array(v, t) for v, t in zip((ids, days, money, numbers, shops), types, strict=True)]
    pq.write_table(pa.table(columns, HEAD), folder / "s.parquet")
    with contextlib.closing(sqlite3.connect(folder / "s.sqlite")) as con:
        con.execute("CREATE TABLE s (id TEXT, day TEXT, money REAL, n INTEGER, shop TEXT)")
        lines = [(i, d and str(d), None if c is None else c / 100, n, s) for i, d, c, n, s in rows]
        con.executemany("INSERT INTO s VALUES (?, ?, ?, ?, ?)", lines)
        con.commit()
    return {
        "csv": {"path": str(folder / "s.csv")},
        "parquet": {"path": str(folder / "s.parquet")},
        "sql": {"path": str(folder / "s.sqlite"), "query": "SELECT * FROM s"},
    }


def loaded(source: Any, folder: Path) -> tuple[Facts, bytes] | set[str]:
    """The facts and the file, or the codes of the faults."""
    target = folder / "log.parquet"
    try:
        facts = source.load(target)
    except ForecastlabError as error:
        return {fault.code for fault in error.faults}
    return facts, target.read_bytes()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=ROWS,
    again=st.lists(st.integers(0, 9), max_size=3),
    returns=st.sampled_from(["net", "drop", "separate"]),
    duplicates=st.sampled_from(["keep", "drop", "refuse"]),
)
def test_when_the_same_rows_come_from_three_sources_then_log_and_ledger_are_the_same(
    rows: list[tuple[Any, ...]], again: list[int], returns: str, duplicates: str
) -> None:
    rows = rows + [rows[i % len(rows)] for i in again]
    policy = {"returns": returns, "duplicates": duplicates}
    with tempfile.TemporaryDirectory() as place:
        where = written(rows, Path(place))
        kinds = {"csv": Csv, "parquet": Parquet, "sql": Sql}
        found = {name: loaded(part(kinds[name], name, **where[name], **policy), Path(place)) for name in kinds}
    assert found["csv"] == found["parquet"] == found["sql"]
    if not isinstance(found["sql"], set):
        ledger = found["sql"][0].ledger
        assert ledger.balanced and ledger.rows_in == len(rows)
        assert ledger.cents_in == sum(row[2] or 0 for row in rows)
