"""Profiles: what is known of a customer as-of a date, from purchases up to and including that date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Facts, SalesLog, Segmenter
from forecastlab.stages import attributes as further
from forecastlab.stages.line import NEVER, opening, place, reached
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
"""The columns of every profile. The window is the last n days up to and including ``as_of``.

The attributes that a segmentation asks for stand behind them, see ``Segmenter.attributes``.
"""

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


def gather_days(con: DuckDBPyConnection, attributes: Sequence[str] = ()) -> None:
    """Reduce the view ``sales`` to the table ``days``: one row per customer and day, the only thing profiles read.

    A day is a purchase day if it has a line that is not a return; money of returns counts on every day. What the
    ``attributes`` need is reduced alike. Raises DataError for values of a further table that are too large.
    """
    con.execute(_DAYS)
    con.execute(_CUSTOMERS)
    con.execute(f"CREATE OR REPLACE TABLE asked_rows AS SELECT {further.gather(con, attributes)} AS n")


def stream(con: DuckDBPyConnection, window_days: int | None, attributes: Sequence[str] = ()) -> Iterator[pd.DataFrame]:
    """The profiles of the table ``asks`` (customer_id, as_of; each pair once), in batches of customers.

    Sorted by customer and date. A customer without a purchase up to ``as_of`` has no profile. ``window_days`` None: the
    window is the whole past. The ``attributes`` must be those of ``gather_days``. The cost follows purchases, rows of
    the asked tables and asks, never customers × periods.
    """
    counts = (
        "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM days) + (SELECT count(*) FROM asks) "
        "+ (SELECT n FROM asked_rows)"
    )
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
        code, as_of = _known(days, asks)
        usual = _profiles(names, start, days, code, as_of, window_days)
        asked = dict(further.columns(con, attributes, these, code, as_of, window_days))
        yield pd.concat([usual, pd.DataFrame(asked, index=usual.index)], axis=1) if asked else usual


def _known(days: pd.DataFrame, asks: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The asked customers and days at which a purchase is known."""
    bought = days[days["bought"]]
    purchases = place(bought["code"].to_numpy(np.int64), bought["day"].to_numpy(np.int64))
    code, as_of = asks["code"].to_numpy(np.int64), asks["day"].to_numpy(np.int64)
    known = reached(purchases, place(code, as_of)) > reached(purchases, place(code, NEVER))
    return code[known], as_of[known]


def _profiles(
    names: NDArray[Any],
    start: int,
    days: pd.DataFrame,
    code: NDArray[np.int64],
    as_of: NDArray[np.int64],
    window_days: int | None,
) -> pd.DataFrame:
    """Profiles from sorted days and asks: every figure is a difference of two places on the line of all days."""
    day, bought = days["day"].to_numpy(np.int64), days["bought"].to_numpy(bool)
    line = place(days["code"].to_numpy(np.int64), day)
    purchases, on = line[bought], day[bought]
    until, since = place(code, as_of), opening(code, as_of, window_days)
    begins, opens, end = (reached(purchases, where) for where in (place(code, NEVER), since, until))

    gap = np.append(np.diff(on, prepend=0).astype(float), np.nan)
    gap[begins] = np.nan  # a customer's first purchase ends no silence
    cents = np.append(0, np.cumsum(days["cents"].to_numpy(np.int64)))
    money = cents[reached(line, until)] - cents[reached(line, since)]
    total, first, last = end - begins, on[begins], on[end - 1]
    longest = np.fmax.reduceat(gap, np.column_stack([opens, end]).ravel())[::2] if len(end) else np.empty(0)
    return pd.DataFrame(
        {
            "customer_id": names[code - start],
            "as_of": _date(as_of),
            "first": _date(first),
            "last": _date(last),
            "frequency": end - opens,
            "money": money / 100,
            "orders_total": total,
            "recency": as_of - last,
            "tenure": as_of - first,
            "rhythm": np.where(total > 1, (last - first) / np.maximum(total - 1, 1), np.nan),
            "last_gap": gap[end - 1],
            "longest_gap": np.where(end > opens, longest, np.nan),
        }
    )


def _date(day: NDArray[np.int64]) -> NDArray[np.datetime64]:
    return day.astype("datetime64[D]").astype("datetime64[us]")


def ask_everyone(con: DuckDBPyConnection, dates: pd.DatetimeIndex) -> None:
    """Fill the table ``asks`` with every customer of the table ``days`` at each of the dates."""
    con.register("dates", pd.DataFrame({"as_of": dates.astype("datetime64[us]")}))
    con.execute(
        "CREATE OR REPLACE TABLE asks AS SELECT customer_id, CAST(as_of AS DATE) AS as_of "
        "FROM customers CROSS JOIN dates"
    )


def everyone(
    con: DuckDBPyConnection, as_of: pd.Timestamp, window_days: int | None, attributes: Sequence[str] = ()
) -> pd.DataFrame:
    """The profiles of all customers who bought up to ``as_of``, sorted by customer."""
    ask_everyone(con, pd.DatetimeIndex([as_of]))
    batches = list(stream(con, window_days, attributes))
    if not batches:
        return pd.DataFrame(columns=[*COLUMNS, *attributes])
    return pd.concat(batches, ignore_index=True)


def check(segmenter: Segmenter, facts: Facts) -> None:
    """Compare what a segmentation wants of a profile with what the dataset has. Raises ConfigError."""
    further.check(segmenter, facts, tuple(COLUMNS))


def profiles(
    log: SalesLog, as_of: pd.Timestamp, window_days: int | None, attributes: Sequence[str] = ()
) -> pd.DataFrame:
    """What was known of every customer at the end of the day ``as_of``: one row per customer, see ``COLUMNS``."""
    with opened(log, as_of) as con:
        gather_days(con, attributes)
        return everyone(con, as_of, window_days, attributes)
