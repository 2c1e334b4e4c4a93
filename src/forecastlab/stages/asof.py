"""Profiles: what is known of a customer as-of a date, from purchases up to and including that date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import SalesLog
from forecastlab.stages.opened import opened

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 500_000
"""Purchase days and asks, about, that are held in memory at a time."""

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
CREATE OR REPLACE TABLE days AS
SELECT customer_id, CAST(CAST(time AS DATE) - DATE '1970-01-01' AS INTEGER) AS day,
       CAST(sum(amount) AS BIGINT) AS cents, max(amount) >= 0 AS bought
FROM sales WHERE customer_id IS NOT NULL GROUP BY ALL
"""

_CUSTOMERS = """
CREATE OR REPLACE TABLE customers AS
SELECT customer_id, CAST(row_number() OVER (ORDER BY customer_id) AS BIGINT) - 1 AS code
FROM (SELECT DISTINCT customer_id FROM days)
"""

SPAN = 2**24
"""Days set apart for each customer on the one line on which all purchase days are laid."""

NEVER = -(2**22)
"""A day, counted from 1970, before all others."""


def gather_days(con: DuckDBPyConnection) -> None:
    """Reduce the view ``sales`` to the table ``days``: one row per customer and day, the only thing profiles read.

    A day is a purchase day if it has a line that is not a return; money of returns counts on every day.
    """
    con.execute(_DAYS)
    con.execute(_CUSTOMERS)


def stream(con: DuckDBPyConnection, window_days: int | None) -> Iterator[pd.DataFrame]:
    """The profiles of the table ``asks`` (customer_id, as_of; each pair once), in batches of customers.

    Sorted by customer and date. A customer without a purchase up to ``as_of`` has no profile. ``window_days`` None: the
    window is the whole past. The cost follows purchases and asks, never customers × periods.
    """
    counts = "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM days) + (SELECT count(*) FROM asks)"
    customers, rows = con.execute(counts).fetchall()[0]
    width = max(1, customers * BATCH // max(rows, 1))
    for start in range(0, customers, width):
        these = f"SELECT * FROM customers WHERE code >= {start} AND code < {start + width}"
        names = con.execute(f"{these} ORDER BY code").df()["customer_id"].to_numpy()
        days = con.execute(
            f"SELECT code, day, cents, bought FROM days JOIN ({these}) USING (customer_id) ORDER BY code, day"
        ).df()
        asks = con.execute(
            "SELECT code, CAST(as_of - DATE '1970-01-01' AS INTEGER) AS day "
            f"FROM asks JOIN ({these}) USING (customer_id) ORDER BY code, day"
        ).df()
        yield _profiles(names, start, days, asks, window_days)


def _profiles(
    names: NDArray[Any], start: int, days: pd.DataFrame, asks: pd.DataFrame, window_days: int | None
) -> pd.DataFrame:
    """Profiles from sorted days and asks: every figure is a difference of two places on the line of all days."""
    day, bought = days["day"].to_numpy(np.int64), days["bought"].to_numpy(bool)
    line = _place(days["code"].to_numpy(), day)
    purchases, on = line[bought], day[bought]
    code, as_of = asks["code"].to_numpy(), asks["day"].to_numpy(np.int64)
    known = np.searchsorted(purchases, _place(code, as_of), side="right") > np.searchsorted(
        purchases, _place(code, NEVER)
    )
    code, as_of = code[known], as_of[known]
    until, dawn = _place(code, as_of), _place(code, NEVER)
    opening = dawn if window_days is None else np.maximum(until - window_days, dawn)
    begins, since, end = (np.searchsorted(purchases, place, side="right") for place in (dawn, opening, until))

    gap = np.append(np.diff(on, prepend=0).astype(float), np.nan)
    gap[begins] = np.nan  # a customer's first purchase ends no silence
    longest = np.fmax.reduceat(gap, np.column_stack([since, end]).ravel())[::2] if len(end) else np.empty(0)
    cents = np.append(0, np.cumsum(days["cents"].to_numpy(np.int64)))
    money = cents[np.searchsorted(line, until, side="right")] - cents[np.searchsorted(line, opening, side="right")]
    total, first, last = end - begins, on[begins], on[end - 1]
    longest = np.fmax.reduceat(gap, np.column_stack([since, end]).ravel())[::2] if len(end) else np.empty(0)
    return pd.DataFrame(
        {
            "customer_id": names[code - start],
            "as_of": _date(as_of),
            "first": _date(first),
            "last": _date(last),
            "frequency": end - since,
            "money": money / 100,
            "orders_total": total,
            "recency": as_of - last,
            "tenure": as_of - first,
            "rhythm": np.where(total > 1, (last - first) / np.maximum(total - 1, 1), np.nan),
            "last_gap": gap[end - 1],
            "longest_gap": np.where(end > since, longest, np.nan),
        }
    )


def _place(code: NDArray[np.int64], day: NDArray[np.int64] | int) -> NDArray[np.int64]:
    return code * SPAN + (day - NEVER)


def _date(day: NDArray[np.int64]) -> NDArray[np.datetime64]:
    return day.astype("datetime64[D]").astype("datetime64[us]")


def ask_everyone(con: DuckDBPyConnection, dates: pd.DatetimeIndex) -> None:
    """Fill the table ``asks`` with every customer of the table ``days`` at each of the dates."""
    con.register("dates", pd.DataFrame({"as_of": dates.astype("datetime64[us]")}))
    con.execute(
        "CREATE OR REPLACE TABLE asks AS SELECT customer_id, CAST(as_of AS DATE) AS as_of "
        "FROM customers CROSS JOIN dates"
    )


def everyone(con: DuckDBPyConnection, as_of: pd.Timestamp, window_days: int | None) -> pd.DataFrame:
    """The profiles of all customers who bought up to ``as_of``, sorted by customer."""
    ask_everyone(con, pd.DatetimeIndex([as_of]))
    batches = list(stream(con, window_days))
    if not batches:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(batches, ignore_index=True)


def profiles(log: SalesLog, as_of: pd.Timestamp, window_days: int | None) -> pd.DataFrame:
    """What was known of every customer at the end of the day ``as_of``: one row per customer, see ``COLUMNS``."""
    with opened(log, as_of) as con:
        gather_days(con)
        return everyone(con, as_of, window_days)
