"""The cells of a panel: exact integers per series and period, summed or counted by DuckDB over the lines of a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import Facts
from forecastlab.schema.names import ANONYMOUS, DS, SEGMENT
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.labels import Membership, label_all
from forecastlab.stages.levels import COUNT, Keys, own_levels
from forecastlab.stages.opened import name, text
from forecastlab.target.sales import Sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNITS = {"amount": 100, "quantity": 1_000_000, "orders": 1, "customers": 1}
"""How many of a cell's integers make one unit of what is foretold. Sums of integers are the same in every order."""

_SUMS = {
    "amount": "CAST(sum(amount) AS BIGINT)",
    "quantity": "CAST(sum(CAST(round(coalesce(quantity, 0) * 1000000) AS BIGINT)) AS BIGINT)",
}


def cells(
    con: DuckDBPyConnection,
    calendar: Calendar,
    ends: pd.DatetimeIndex,
    target: Sales,
    keys: Keys,
    facts: Facts,
    membership: Membership | None,
) -> dict[Keys, pd.DataFrame]:
    """The cells of the periods ``ends`` for each level that has to be counted: its keys, ``ds`` and the integer ``n``.

    Where the keys name the segment, ``membership`` labels the purchases (the table ``days`` must be there).
    """
    named = SEGMENT in keys or not target.additive
    aliases = sell(con, calendar, ends, target, keys, facts, membership, named)
    found = {}
    for level in own_levels(keys, target.additive):
        frame = con.execute(counted(target, [aliases[key] for key in level], "sold")).df()
        found[level] = frame.rename(columns={aliases[key]: key for key in level})
    return found


def sell(
    con: DuckDBPyConnection,
    calendar: Calendar,
    ends: pd.DatetimeIndex,
    target: Sales,
    keys: Keys,
    facts: Facts,
    membership: Membership | None,
    named: bool,
) -> dict[str, str]:
    """Make the view ``sold``: the lines of the periods with their segments. Returns its column of each key.

    Where they need not be ``named``, lines of several customers are one.
    """
    lay_calendar(con, calendar, ends)
    aliases = {key: f"d{i}" for i, key in enumerate(keys) if key != SEGMENT} | {SEGMENT: SEGMENT}
    con.execute(lines(calendar.freq.start(ends[0]), target, facts, aliases, named))
    if membership is not None:
        label_all(con, membership)
    con.execute(_sold(membership))
    return aliases


def lay_calendar(con: DuckDBPyConnection, calendar: Calendar, ends: pd.DatetimeIndex) -> None:
    """The tables ``calendar`` (ds, as_of: the last day of the period before) and ``daily`` (day, ds) of the periods."""
    con.register("periods", calendar.frame(ends))
    con.execute(
        "CREATE OR REPLACE TABLE calendar AS SELECT CAST(ds AS DATE) ds, CAST(as_of AS DATE) as_of FROM periods"
    )
    con.execute(
        "CREATE OR REPLACE TABLE daily AS SELECT CAST(unnest(range(as_of + INTERVAL 1 DAY, ds + INTERVAL 1 DAY, "
        "INTERVAL 1 DAY)) AS DATE) AS day, ds FROM calendar"
    )


def lines(first_day: pd.Timestamp, target: Sales, facts: Facts, aliases: dict[str, str], named: bool) -> str:
    """The log reduced to customer, period and dimensions; for counts also to the order (``item``)."""
    dimensions = [f"s.{name(key)} AS {aliases[key]}" for key in aliases if key != SEGMENT]
    customer = "s.customer_id" if named else "CAST(NULL AS VARCHAR) AS customer_id"
    columns = [customer, "c.ds", *dimensions]
    if target.additive:
        columns.append(f"{_SUMS[target.value]} AS {COUNT}")
    else:
        columns.append(f"{_item(target, facts)} AS item")
    # A table of days is joined, because to compute each line's period takes twice the time.
    source = "sales s JOIN daily c ON c.day = CAST(s.time AS DATE)"
    # A customer is counted once per cell; a sale without a customer is an order, but nobody that could be counted.
    known = "s.customer_id IS NOT NULL" if target.value == "customers" else "true"
    since = f"s.time >= TIMESTAMP {text(str(first_day))}"
    query = f"SELECT {', '.join(columns)} FROM {source} WHERE {known} AND {since} GROUP BY ALL"
    return f"CREATE OR REPLACE TABLE lines AS {query}"


def _item(target: Sales, facts: Facts) -> str:
    """What makes two lines of one customer the same order: the basket, or the day; without a customer, the moment."""
    if target.value == "customers":
        return "''"
    day = "CASE WHEN s.customer_id IS NULL THEN CAST(s.time AS VARCHAR) ELSE CAST(CAST(s.time AS DATE) AS VARCHAR) END"
    return f"coalesce('basket ' || s.basket_id, {day})" if facts.has_basket else day


def _sold(membership: Membership | None) -> str:
    if membership is None:
        return "CREATE OR REPLACE VIEW sold AS SELECT * FROM lines"
    return f"""
        CREATE OR REPLACE VIEW sold AS
        SELECT l.*, CASE WHEN l.customer_id IS NULL THEN {text(ANONYMOUS)}
                         ELSE coalesce(b.segment, {text(membership.first)}) END AS segment
        FROM lines l JOIN calendar c USING (ds)
        LEFT JOIN labels b ON b.customer_id = l.customer_id AND b.as_of = c.as_of"""


def counted(target: Sales, columns: Sequence[str], source: str) -> str:
    """The query that sums or counts the labelled lines of ``source`` by ``columns`` and period, as ``n``."""
    by = ", ".join([*columns, f"CAST(ds AS TIMESTAMP) AS {DS}"])
    if target.additive:
        return f"SELECT {by}, CAST(sum({COUNT}) AS BIGINT) AS {COUNT} FROM {source} GROUP BY ALL ORDER BY ALL"
    once = f"SELECT DISTINCT {', '.join([*columns, 'ds', 'customer_id', 'item'])} FROM {source}"
    return f"SELECT {by}, count(*) AS {COUNT} FROM ({once}) GROUP BY ALL ORDER BY ALL"
