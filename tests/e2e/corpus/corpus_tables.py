"""A small shop without a fault, as every kind of source; cases change one thing of it."""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

SECRET = "SECRET"
"""Every id of the tables holds this word, so that a line that quotes one is seen."""

LOG = (
    "dataset.customer=who",
    "dataset.time=day",
    "dataset.amount=money",
    "+dataset.dimensions.region=region",
    "dataset.warmup=null",
)
COLUMNS = ("who", "day", "money", "region")
Row = tuple[object, ...]
Make = Callable[[Path], list[str]]
"""Writes files into a folder and tells the words to type."""


def table() -> list[Row]:
    """Thirty weeks of a small shop: id, day, amount as text, region."""
    days = [date(2024, 1, 1) + timedelta(days=i) for i in range(210)]
    return [
        (f"{SECRET}-{(7 * i + k) % 23:03d}", str(day), f"{1 + (3 * i + k) % 9}.{i % 10}0", ("north", "south")[k % 2])
        for i, day in enumerate(days)
        for k in range(3)
    ]


def edited(column: str, value: object, at: int = 400, rows: list[Row] | None = None) -> list[Row]:
    """The table with one other cell."""
    rows, place = list(rows or table()), COLUMNS.index(column)
    rows[at] = (*rows[at][:place], value, *rows[at][place + 1 :])
    return rows


def every(column: str, change: Callable[[str], object]) -> list[Row]:
    """The table with every cell of a column changed."""
    place = COLUMNS.index(column)
    return [(*row[:place], change(str(row[place])), *row[place + 1 :]) for row in table()]


def text(rows: Sequence[Row], header: Sequence[str] = COLUMNS, separator: str = ",") -> str:
    """Rows as the text of a CSV file."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
    writer.writerows([header, *rows])
    return stream.getvalue()


def csv_file(content: str | bytes | Sequence[Row], *words: str, name: str = "shop.csv") -> Make:
    """The content as a CSV file, read as a log."""
    raw = content if isinstance(content, (str, bytes)) else text(content)

    def make(folder: Path) -> list[str]:
        (folder / name).write_bytes(raw.encode() if isinstance(raw, str) else raw)
        return ["dataset=csv", f"dataset.path={folder / 'shop.csv'}", *LOG, *words]

    return make


def parquet_file(content: bytes | Sequence[Row] | pd.DataFrame, *words: str) -> Make:
    """The content as a Parquet file, read as a log."""

    def make(folder: Path) -> list[str]:
        path = folder / "shop.parquet"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            (content if isinstance(content, pd.DataFrame) else frame(content)).to_parquet(path)
        return ["dataset=parquet", f"dataset.path={path}", *LOG, *words]

    return make


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows with typed days and amounts."""
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.assign(day=pd.to_datetime(found["day"]), money=found["money"].astype(float))


def raw_parquet() -> bytes:
    """The bytes of a Parquet file without fault."""
    return frame(table()).to_parquet()  # type: ignore[no-any-return]


def database(rows: Sequence[Row], *words: str, query: str = "SELECT * FROM sales") -> Make:
    """The rows as an SQLite file, asked with a query."""

    def make(folder: Path) -> list[str]:
        path = folder / "shop.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as con, con:
            con.execute("CREATE TABLE sales (who, day, money, region)")
            con.executemany("INSERT INTO sales VALUES (?, ?, ?, ?)", rows)
        return ["dataset=sql", f"dataset.path={path}", f'dataset.query="{query}"', *LOG, *words]

    return make


def typed(rows: Sequence[Row]) -> list[Row]:
    """Rows with amounts as numbers, as a database has them."""
    return [(who, day, float(str(money)), region) for who, day, money, region in rows]


def sheet(content: str | bytes | pd.DataFrame, *words: str, future: str = "last") -> Make:
    """A sound log with a driver table of its own."""

    def make(folder: Path) -> list[str]:
        path = folder / "weather.csv"
        if isinstance(content, pd.DataFrame):
            content.to_parquet(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        told = [
            "driver=table",
            f"driver.table.path={path}",
            "driver.table.time=day",
            "driver.table.columns={warm: warm}",
        ]
        return [*csv_file(table())(folder), *told, f"driver.table.future={future}", *words]

    return make


def weather(days: int = 210) -> str:
    """A driver table for the days of the shop."""
    first = date(2024, 1, 1)
    return "day,warm\n" + "".join(f"{first + timedelta(days=i)},{i % 30}.5\n" for i in range(days))


def months() -> list[Row]:
    """Thirty months of four series: id, last day of the month, value, price."""
    ends = pd.date_range("2022-01-31", periods=30, freq="ME")
    return [
        (f"{SECRET}-{k}", str(day.date()), 10 * k + i % 5 + 1, (i + k) % 3 + 1)
        for k in range(4)
        for i, day in enumerate(ends)
    ]


PANEL = ("dataset.series=shop", "dataset.time=month", "dataset.value=sold", "dataset.freq=M", "target.series_by=[]")
PANEL_COLUMNS = ("shop", "month", "sold", "price")


def panel_csv(content: str | bytes | Sequence[Row], *words: str) -> Make:
    """The content as a CSV file, read as a ready-made panel."""
    raw = content if isinstance(content, (str, bytes)) else text(content, PANEL_COLUMNS)

    def make(folder: Path) -> list[str]:
        path = folder / "series.csv"
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        return ["dataset=panel_csv", f"dataset.path={path}", *PANEL, *words]

    return make


def panel_parquet(content: Sequence[Row] | pd.DataFrame | bytes, *words: str) -> Make:
    """The content as a Parquet file, read as a ready-made panel."""

    def make(folder: Path) -> list[str]:
        path = folder / "series.parquet"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            (content if isinstance(content, pd.DataFrame) else panel_frame(content)).to_parquet(path)
        return ["dataset=panel_parquet", f"dataset.path={path}", *PANEL, *words]

    return make


def panel_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows of a panel with typed months and values."""
    found = pd.DataFrame(rows, columns=list(PANEL_COLUMNS))
    numbers = {name: found[name].astype(float) for name in ("sold", "price")}
    return found.assign(month=pd.to_datetime(found["month"]), **numbers)
