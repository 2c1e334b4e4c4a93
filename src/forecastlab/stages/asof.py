"""Profiles: what is known of a customer as-of a date, from purchases up to and including that date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import SalesLog
from forecastlab.stages.opened import opened

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 100
"""DuckDB vectors (of 2,048 rows) that are held in memory at a time."""

COLUMNS = {
    "customer_id": "text",
    "as_of": "the day, inclusive, up to which everything in the row is known",
    "first": "the day of the first purchase",
    "last": "the day of the last purchase",
    "frequency": "days with a purchase within the window",
    "money": "money within the window, returns taken off, in currency units",
    "orders_total": "days with a purchase in the whole past",
    "recency": "days since the last purchase",
    "tenure": "days since the first purchase",
    "rhythm": "mean days between purchase days; NaN with one purchase day",
    "last_gap": "days between the last two purchase days; NaN with one",
    "longest_gap": "the longest such gap that ended within the window; NaN if none did",
}
"""The columns of a profile. The window is the last n days up to and including ``as_of``."""

_DAYS = """
CREATE TABLE days AS
WITH daily AS (
    SELECT customer_id, CAST(CAST(time AS DATE) - DATE '1970-01-01' AS INTEGER) AS day,
           CAST(sum(amount) AS BIGINT) AS cents, max(amount) >= 0 AS bought
    FROM sales WHERE customer_id IS NOT NULL GROUP BY ALL)
SELECT customer_id, day, cents, CASE WHEN bought THEN day END AS bought_on,
       bought_on - max(bought_on) OVER (PARTITION BY customer_id ORDER BY day
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap
FROM daily
"""

_PROFILES = """
WITH events AS (
    SELECT customer_id, day AS moment, bought_on, cents, gap, false AS asked FROM days
    UNION ALL
    SELECT customer_id, CAST(as_of - DATE '1970-01-01' AS INTEGER), NULL, NULL, NULL, true FROM asks),
known AS (
    SELECT customer_id, moment, asked,
           min(bought_on) OVER past AS first, max(bought_on) OVER past AS last,
           count(bought_on) OVER past AS orders_total,
           last_value(gap IGNORE NULLS) OVER past AS last_gap,
           count(bought_on) OVER recent AS frequency, sum(cents) OVER recent AS cents,
           max(gap) OVER recent AS longest_gap
    FROM events
    WINDOW past AS (PARTITION BY customer_id ORDER BY moment RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
           recent AS (PARTITION BY customer_id ORDER BY moment RANGE BETWEEN {days} PRECEDING AND CURRENT ROW)
    QUALIFY asked AND first IS NOT NULL)
SELECT customer_id,
       CAST(DATE '1970-01-01' + moment AS TIMESTAMP) AS as_of,
       CAST(DATE '1970-01-01' + first AS TIMESTAMP) AS first,
       CAST(DATE '1970-01-01' + last AS TIMESTAMP) AS last,
       frequency, coalesce(CAST(cents AS DOUBLE), 0) / 100 AS money, orders_total,
       moment - last AS recency, moment - first AS tenure,
       CAST(last - first AS DOUBLE) / nullif(orders_total - 1, 0) AS rhythm,
       CAST(last_gap AS DOUBLE) AS last_gap, CAST(longest_gap AS DOUBLE) AS longest_gap
FROM known
"""


def gather_days(con: DuckDBPyConnection) -> None:
    """Reduce the view ``sales`` to the table ``days``: one row per customer and day, the only thing profiles read.

    A day is a purchase day if it has a line that is not a return; money of returns counts on every day.
    """
    con.execute(_DAYS)


def stream(con: DuckDBPyConnection, window_days: int | None) -> Iterator[pd.DataFrame]:
    """The profiles of the table ``asks`` (customer_id, as_of; each pair once), in batches of rows, in no fixed order.

    A customer without a purchase up to ``as_of`` has no profile. ``window_days`` None: the window is the whole past.
    The cost follows purchases and asks, never customers × periods.
    """
    query = _PROFILES.format(days="UNBOUNDED" if window_days is None else window_days - 1)
    result = con.cursor().execute(query)
    while len(batch := result.fetch_df_chunk(BATCH)):
        yield batch


def ask_everyone(con: DuckDBPyConnection, dates: pd.DatetimeIndex) -> None:
    """Fill the table ``asks`` with every customer of the table ``days`` at each of the dates."""
    con.register("dates", pd.DataFrame({"as_of": dates.astype("datetime64[us]")}))
    con.execute(
        "CREATE OR REPLACE TABLE asks AS SELECT customer_id, CAST(as_of AS DATE) AS as_of "
        "FROM (SELECT DISTINCT customer_id FROM days) CROSS JOIN dates"
    )


def everyone(con: DuckDBPyConnection, as_of: pd.Timestamp, window_days: int | None) -> pd.DataFrame:
    """The profiles of all customers who bought up to ``as_of``, sorted by customer."""
    ask_everyone(con, pd.DatetimeIndex([as_of]))
    batches = list(stream(con, window_days))
    if not batches:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(batches, ignore_index=True).sort_values("customer_id", ignore_index=True)


def profiles(log: SalesLog, as_of: pd.Timestamp, window_days: int | None) -> pd.DataFrame:
    """What was known of every customer at the end of the day ``as_of``: one row per customer, see ``COLUMNS``."""
    with opened(log, as_of) as con:
        gather_days(con)
        return everyone(con, as_of, window_days)
