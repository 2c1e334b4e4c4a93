"""Attributes: what a profile tells of a customer beyond the purchases, as-of its date."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import ConfigError, DataError, Facts, Fault, Segmenter, nearest
from forecastlab.schema.names import PROSPECT, UNKNOWN
from forecastlab.stages.line import NEVER, opening, place, reached
from forecastlab.stages.opened import FURTHER, name, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIGURES = ("count", "recency", "mean")
"""What can be asked of a further table."""

LEADS = "leads"
"""The further table of people who have not bought yet."""

MICRO = 1_000_000
"""Values of further tables are added up in millionths: sums of integers are the same in every order."""

LARGEST = 9e12
"""The largest sum of one customer's values, signs aside, that whole millionths can hold."""


@dataclass(frozen=True)
class Attribute:
    """One asked column: a dimension of the log, or a ``figure`` of a ``table``, of all its rows or of one ``kind``."""

    asked: str
    table: str
    kind: str | None
    figure: str

    @property
    def source(self) -> tuple[str, str | None]:
        """What it is read from: a table and kind, or, without a table, a dimension."""
        return (self.table, self.kind) if self.table else ("", self.asked)


def parse(asked: str, dimensions: Collection[str]) -> Attribute:
    """What a name such as ``age``, ``events.count`` or ``feedback.complaint.mean`` asks for."""
    table, _, rest = asked.partition(".")
    if asked in dimensions or not rest:
        return Attribute(asked, "", None, "")
    kind, dot, figure = rest.rpartition(".")
    return Attribute(asked, table, kind if dot else None, figure)


def check(segmenter: Segmenter, facts: Facts, taken: Collection[str]) -> None:
    """Compare what a segmentation wants of a profile with what the dataset has. Raises ConfigError with every fault.

    ``taken`` are the columns that every profile has.
    """
    faults = list(_missing(segmenter.attributes, facts, taken, "segmentation"))
    if PROSPECT in segmenter.segments and LEADS not in facts.tables:
        what = f"prospects are people of the table {LEADS}, which this dataset does not have"
        fix = f"type segmentation.prospects=false, or give the dataset a table {LEADS}"
        faults.append(Fault("no-leads", "segmentation.prospects", what, fix))
    if faults:
        raise ConfigError(faults)


def check_asked(attributes: Sequence[str], facts: Facts, taken: Collection[str], where: str) -> None:
    """The same for attributes that the key ``where`` of the config asks for. Raises ConfigError with every fault."""
    faults = list(_missing(attributes, facts, taken, where))
    if faults:
        raise ConfigError(faults)


def _missing(attributes: Sequence[str], facts: Facts, taken: Collection[str], where: str) -> Iterator[Fault]:
    there = [each for each in facts.dimensions if each not in taken]
    there += [f"{table}.{figure}" for table in facts.tables for figure in FIGURES]
    there += [f"{table}.{kind}.{fig}" for table, kinds in facts.tables.items() for kind in kinds for fig in FIGURES]
    yield from (_unknown(asked, there, facts, taken, where) for asked in attributes if asked not in there)


def _unknown(asked: str, there: Sequence[str], facts: Facts, taken: Collection[str], where: str) -> Fault:
    tables = (f"{table} ({', '.join(kinds)})" for table, kinds in facts.tables.items())
    dimensions = (each for each in facts.dimensions if each not in taken)
    what = (
        f"found the attribute {asked!r}; dimensions of the dataset are {', '.join(dimensions) or 'none'}, "
        f"its further tables (and their kinds) {', '.join(tables) or 'none'}; of a table <table>.<figure> and "
        f"<table>.<kind>.<figure> can be asked, with the figures {', '.join(FIGURES)}"
    )
    return Fault("unknown-attribute", where, what, nearest(asked, [*there, *taken]))


def gather(con: DuckDBPyConnection, attributes: Sequence[str]) -> int:
    """Reduce what is asked for to one row per customer and day: tables ``asked_0, asked_1, …``; returns their rows.

    Only the columns and tables that are asked for are read. Raises DataError for values that are too large.
    """
    rows = 0
    for i, (table, what) in enumerate(_sources(con, attributes)):
        query = _figures(con, table, what) if table else _last(str(what))
        con.execute(f"CREATE OR REPLACE TABLE asked_{i} AS {query}")
        rows += int(con.execute(f"SELECT count(*) FROM asked_{i}").fetchall()[0][0])
    return rows


def columns(
    con: DuckDBPyConnection,
    attributes: Sequence[str],
    these: str,
    code: NDArray[np.int64],
    as_of: NDArray[np.int64],
    window_days: int | None,
) -> Iterator[tuple[str, NDArray[Any]]]:
    """The asked columns at the days ``as_of`` of the customers ``code``; ``these`` selects the customers of a batch.

    Text without a value is None; a mean or recency of nothing is NaN.
    """
    if not attributes:
        return
    until, since = place(code, as_of), opening(code, as_of, window_days)
    wanted = [parse(asked, _dimensions(con)) for asked in attributes]
    places = {source: i for i, source in enumerate(_sources(con, attributes))}
    for attribute in wanted:
        rows = con.execute(
            f"SELECT * FROM asked_{places[attribute.source]} JOIN ({these}) USING (customer_id) ORDER BY code, day"
        ).df()
        line = place(rows["code"].to_numpy(np.int64), rows["day"].to_numpy(np.int64))
        end = reached(line, until)
        some = end > reached(line, place(code, NEVER))
        if attribute.figure in ("", "recency"):
            yield attribute.asked, _latest(rows, attribute, end, some, as_of)
        else:
            yield attribute.asked, _within(rows, attribute, reached(line, since), end)


def _latest(
    rows: pd.DataFrame,
    attribute: Attribute,
    end: NDArray[np.intp],
    some: NDArray[np.bool_],
    as_of: NDArray[np.int64],
) -> NDArray[Any]:
    """The value, or the days since, of the last row of each customer."""
    last = end[some] - 1
    if attribute.figure:
        recency = np.full(len(end), np.nan)
        recency[some] = as_of[some] - rows["day"].to_numpy(np.int64)[last]
        return recency
    value = np.full(len(end), None, dtype=object)
    value[some] = rows["value"].to_numpy(object)[last]
    return value


def _within(
    rows: pd.DataFrame, attribute: Attribute, since: NDArray[np.intp], end: NDArray[np.intp]
) -> NDArray[np.float64] | NDArray[np.int64]:
    """The count, or the mean value, of the rows within each window: differences of running sums."""

    def between(column: str) -> NDArray[np.int64]:
        running = np.append(0, np.cumsum(rows[column].to_numpy(np.int64))).astype(np.int64)
        return np.subtract(running[end], running[since])

    if attribute.figure == "count":
        return between("n")
    valued = between("valued")
    return np.where(valued > 0, between("micros") / (np.maximum(valued, 1) * float(MICRO)), np.nan)


def _last(dimension: str) -> str:
    """A customer's last value of each day; of several at one time the greatest."""
    column = name(dimension)
    return f"""
        SELECT customer_id, {_DAY} AS day, max_by({column}, {{'time': time, 'value': {column}}}) AS value
        FROM sales WHERE customer_id IS NOT NULL AND {column} IS NOT NULL AND {column} <> {text(UNKNOWN)}
        GROUP BY ALL"""


def _figures(con: DuckDBPyConnection, table: str, kind: str | None) -> str:
    """Rows of each day, how many of them have a value, and the sum of these in millionths."""
    only = f" AND kind = {text(kind)}" if kind is not None else ""
    source = f"""
        SELECT customer_id, {_DAY} AS day, CASE WHEN isfinite(value) THEN value END AS value
        FROM {FURTHER}.{name(table)} WHERE customer_id IS NOT NULL{only}"""
    sums = f"SELECT sum(abs(value)) AS total FROM ({source}) GROUP BY customer_id"
    (largest,) = con.execute(f"SELECT max(total) FROM ({sums})").fetchall()[0]
    if largest is not None and largest > LARGEST:
        what = f"the values of a customer add up to more than {LARGEST:.0e}"
        raise DataError(Fault("too-large", f"table {table}: value", what, "give it in another unit"))
    return f"""
        SELECT customer_id, day, count(*) AS n, count(value) AS valued,
               CAST(coalesce(sum(CAST(round(value * {MICRO}) AS BIGINT)), 0) AS BIGINT) AS micros
        FROM ({source}) GROUP BY ALL"""


def since(people: str) -> str:
    """A query for the first day of everybody in a further table, or ``<table>.<kind>``: ``customer_id, since``."""
    table, _, kind = people.partition(".")
    only = f" AND kind = {text(kind)}" if kind else ""
    return f"""SELECT customer_id, min({_DAY}) AS since FROM {FURTHER}.{name(table)}
               WHERE customer_id IS NOT NULL{only} GROUP BY customer_id"""


_DAY = "CAST(CAST(time AS DATE) - DATE '1970-01-01' AS INTEGER)"


def _sources(con: DuckDBPyConnection, attributes: Sequence[str]) -> list[tuple[str, str | None]]:
    """What has to be read for the asked columns, each once."""
    dimensions = _dimensions(con)
    return list(dict.fromkeys(parse(asked, dimensions).source for asked in attributes))


def _dimensions(con: DuckDBPyConnection) -> set[str]:
    return {str(column) for column, *_ in con.execute("DESCRIBE sales").fetchall()}
