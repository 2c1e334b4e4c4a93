"""What forecasts are made from, period by period: purchases, customers, segments and drivers, as figures to watch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import SalesLog
from forecastlab.schema.names import DS, SEGMENT, SERIES, UNKNOWN, Y
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.drivers import DriverTable
from forecastlab.stages.opened import name, opened, text
from forecastlab.stages.watching import NO_INPUTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DECILES = np.arange(1, 10) / 10
QUARTILES = np.arange(1, 4) / 4
MOST = 60
"""Values of a dimension beyond which their mix is no figure any more: products come and go."""


def of_log(log: SalesLog, calendar: Calendar, trained: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """Purchases and customers of every complete period up to ``until``, as the rows of ``Evidence.inputs``.

    Bins are deciles of what was known when the method was ``trained``; a value of a dimension is new if it was first
    seen after that. A ready-made panel has the number of its series and their mean value.
    """
    ends = calendar.ends(log.facts)
    ends = ends[ends <= until]
    if log.facts.kind == "panel":
        return _topic("inputs", _of_panel(pd.read_parquet(log.path, columns=[DS, Y])), ends)
    with opened(log, until) as con:
        con.execute(f"CREATE TEMP TABLE lines AS SELECT *, {calendar.freq.sql_end('time')} AS ds FROM sales")
        parts = [*_of_lines(con, log, trained), *_of_dimensions(con, log.facts.dimensions, trained)]
    return _topic("inputs", parts, ends)


def of_segments(composition: pd.DataFrame) -> pd.DataFrame:
    """How money and buyers are spread over segments (see ``composition``), as rows of ``Evidence.inputs``."""
    if not len(composition):
        return NO_INPUTS
    parts = [
        composition.rename(columns={column: "value", SEGMENT: "bin"})[[DS, "bin", "value"]].assign(
            name=f"{column} by segment", kind="counts"
        )
        for column in ("money", "buyers")
    ]
    return _topic("segments", parts, None)


def of_drivers(
    tables: Sequence[DriverTable], ends: pd.DatetimeIndex, trained: pd.Timestamp, until: pd.Timestamp
) -> pd.DataFrame:
    """What drivers came to be, and how much of each is missing, as rows of ``Evidence.inputs``."""
    ends = ends[ends <= until]
    parts = [part for table in tables for part in _of_driver(table, ends, trained)]
    return _topic("drivers", parts, ends) if parts else NO_INPUTS


def _of_panel(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    found = frame.groupby(DS)[Y].agg(["count", "mean"]).reset_index()
    yield _figure(found, "count", "series", "level")
    yield _figure(found, "mean", "mean value of a series", "level")


def _of_lines(con: DuckDBPyConnection, log: SalesLog, trained: pd.Timestamp) -> Iterator[pd.DataFrame]:
    yield _binned(con, "SELECT ds, amount / 100 AS v FROM lines", "amount of a line", trained)
    visits = "count(*)"
    if log.facts.has_basket:
        baskets = "SELECT ds, basket_id, sum(amount) / 100 AS v, count(*) AS n FROM lines GROUP BY ALL"
        yield _binned(con, baskets, "value of a basket", trained)
        yield _binned(con, f"SELECT ds, n AS v FROM ({baskets})", "lines of a basket", trained)
        visits = "count(DISTINCT basket_id)"
    people = f"SELECT ds, customer_id, {visits} AS v FROM lines WHERE customer_id IS NOT NULL GROUP BY ALL"
    yield _binned(con, people, "visits of a customer", trained)
    frame = con.execute(
        f"SELECT ds, {visits} AS visits, count(DISTINCT customer_id) AS buyers,"
        " count(*) FILTER (customer_id IS NULL) / count(*) AS nobody FROM lines GROUP BY ALL"
    ).df()
    yield _figure(frame, "visits", "visits", "level")
    yield _figure(frame, "buyers", "customers who bought", "level")
    yield _figure(frame, "nobody", "lines without a customer", "share")


def _of_dimensions(con: DuckDBPyConnection, dimensions: Sequence[str], trained: pd.Timestamp) -> Iterator[pd.DataFrame]:
    for dimension in dimensions:
        column = name(dimension)
        (values,) = con.execute(f"SELECT count(DISTINCT {column}) FROM lines").fetchall()[0]
        if values > MOST:
            continue
        mix = con.execute(f"SELECT ds, {column} AS bin, count(*) AS value FROM lines GROUP BY ALL").df()
        yield mix.assign(name=f"mix of {dimension}", kind="counts")
        frame = con.execute(
            f"SELECT ds, count(*) FILTER (first > {_day(trained)}) / count(*) AS fresh,"
            f" count(*) FILTER ({column} = {text(UNKNOWN)}) / count(*) AS missing"
            f" FROM (SELECT *, min(ds) OVER (PARTITION BY {column}) AS first FROM lines) GROUP BY ALL"
        ).df()
        yield _figure(frame, "fresh", f"new values of {dimension}", "share")
        yield _figure(frame, "missing", f"lines without {dimension}", "share")


def _binned(con: DuckDBPyConnection, rows: str, label: str, trained: pd.Timestamp) -> pd.DataFrame:
    """Counts of ``v`` by period and by the deciles that it had up to ``trained``."""
    levels = ", ".join(map(str, DECILES))
    found = con.execute(f"SELECT quantile_disc(v, [{levels}]) FROM ({rows}) WHERE ds <= {_day(trained)}").fetchall()
    edges = sorted({float(edge) for edge in found[0][0] or ()})
    bins = " + ".join(f"CAST(v > {edge!r} AS INTEGER)" for edge in edges) or "0"
    frame = con.execute(f"SELECT ds, CAST({bins} AS VARCHAR) AS bin, count(*) AS value FROM ({rows}) GROUP BY ALL").df()
    return frame.assign(name=label, kind="counts")


def _of_driver(table: DriverTable, ends: pd.DatetimeIndex, trained: pd.Timestamp) -> Iterator[pd.DataFrame]:
    frame = pd.read_parquet(table.path)
    frame = frame[frame[DS].isin(ends)]
    keys = {*table.by, DS, SERIES}
    for column in (str(each) for each in frame.columns if each not in keys):
        label, values = f"{table.name}.{column}", frame[column].astype(float)
        absent = values.isna().groupby(frame[DS]).mean().reindex(ends, fill_value=1.0)
        yield _figure(absent.rename("value").rename_axis(DS).reset_index(), "value", f"{label} missing", "share")
        if not values.notna().any():
            continue
        if float(values.min()) > 0:
            means = values.groupby(frame[DS]).mean()
            yield _figure(means.rename("value").reset_index(), "value", label, "level")
            continue
        edges = np.unique(np.nanquantile(values[frame[DS] <= trained], QUARTILES, method="lower"))
        counts = pd.DataFrame({DS: frame[DS], "bin": _bin(values.to_numpy(), edges), "value": values.notna()})
        yield counts.groupby([DS, "bin"], as_index=False)["value"].sum().assign(name=label, kind="counts")


def _bin(values: NDArray[Any], edges: NDArray[Any]) -> NDArray[np.str_]:
    return np.searchsorted(edges, values, side="left").astype(str)


def _figure(frame: pd.DataFrame, column: str, label: str, kind: str) -> pd.DataFrame:
    return frame.rename(columns={column: "value"})[[DS, "value"]].assign(name=label, kind=kind, bin="")


def _day(when: pd.Timestamp) -> str:
    return f"DATE {text(str(when.date()))}"


def _topic(topic: str, parts: Iterable[pd.DataFrame], ends: pd.DatetimeIndex | None) -> pd.DataFrame:
    rows = pd.concat([part for part in parts if len(part)] or [NO_INPUTS], ignore_index=True).assign(topic=topic)
    rows[DS] = pd.to_datetime(rows[DS]).astype("datetime64[ns]")
    rows["value"] = rows["value"].astype(float)
    idle = rows["value"].eq(0).groupby(rows["name"]).transform("all") & (rows["kind"] == "share")
    rows = rows[~idle]  # a share that was never anything but zero says nothing, and each look costs sharpness
    if ends is not None:
        rows = rows[rows[DS].isin(ends)]
    return rows[list(NO_INPUTS.columns)].reset_index(drop=True)
