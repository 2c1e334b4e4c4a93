"""What is known of customers as-of moments: recency, frequency, money, rhythm, trend, breadth, and further tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema.customers import Look
from forecastlab.schema.names import CUSTOMER
from forecastlab.stages import attributes as further
from forecastlab.stages.opened import name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NUMBERS = {
    "recency": "days since the last purchase; NaN for a prospect, who has not bought yet",
    "tenure": "days since the first purchase; NaN for a prospect",
    "orders": "days with a purchase in the whole past",
    "money": "money of the whole past, returns taken off",
    "repeat_money": "the same without the day of the first purchase",
    "orders_recent": "days with a purchase within the window",
    "money_recent": "money within the window",
    "orders_before": "days with a purchase within the window before that",
    "money_before": "money within the window before that",
    "basket": "money of a day with a purchase, on average; NaN for a prospect",
    "rhythm": "mean days between two purchase days; NaN with one",
    "rhythm_spread": "standard deviation of these gaps; NaN with fewer than two gaps",
    "overdue": "days since the last purchase in mean gaps; NaN with one purchase day",
    "orders_trend": "(recent - before) / (recent + before) of the purchase days; 0 without either",
    "money_trend": "the same of the money",
}
"""The numbers that are known of every customer; those of ``breadth`` and ``attributes`` stand behind them."""

MOMENT = "as_of"

_DAYS = """
CREATE OR REPLACE TABLE visits AS
SELECT *, CASE WHEN bought THEN day - lag(day) OVER (PARTITION BY customer_id, bought ORDER BY day) END AS gap,
       row_number() OVER (PARTITION BY customer_id, bought ORDER BY day) = 1 AND bought AS first
FROM days
"""

_MOMENTS = """
CREATE OR REPLACE TABLE asks AS
SELECT customer_id, as_of FROM (SELECT customer_id, min(day) AS since FROM visits WHERE bought GROUP BY ALL)
JOIN moments ON since <= as_of
"""

_PROSPECTS = """
INSERT INTO asks
SELECT customer_id, as_of FROM ({people}) JOIN moments ON since <= as_of
EXCEPT SELECT customer_id, as_of FROM asks
"""

_ASK = f"""
SELECT a.customer_id, a.as_of,
    a.as_of - max(v.day) FILTER (v.bought) AS recency,
    a.as_of - min(v.day) FILTER (v.bought) AS tenure,
    count(*) FILTER (v.bought) AS orders,
    CAST(coalesce(sum(v.cents), 0) AS BIGINT) AS cents,
    CAST(coalesce(sum(v.cents) FILTER (NOT v.first), 0) AS BIGINT) AS repeat_cents,
    count(*) FILTER (v.bought AND {{recent}}) AS orders_recent,
    CAST(coalesce(sum(v.cents) FILTER ({{recent}}), 0) AS BIGINT) AS recent_cents,
    count(*) FILTER (v.bought AND {{before}}) AS orders_before,
    CAST(coalesce(sum(v.cents) FILTER ({{before}}), 0) AS BIGINT) AS before_cents,
    count(v.gap) AS gaps,
    CAST(coalesce(sum(v.gap), 0) AS BIGINT) AS gap_sum,
    CAST(coalesce(sum(CAST(v.gap AS BIGINT) * v.gap), 0) AS BIGINT) AS gap_squares
FROM asks a LEFT JOIN visits v ON v.{CUSTOMER} = a.{CUSTOMER} AND v.day <= a.as_of
GROUP BY a.customer_id, a.as_of ORDER BY a.customer_id, a.as_of
"""
"""Sums of whole numbers only: they are the same in whatever order lines are read."""


def gather(con: DuckDBPyConnection, moments: Sequence[int], prospects: str | None) -> None:
    """Fill the tables ``visits`` and ``asks``: everybody who had bought by each of the moments (days since 1970).

    So is everybody else who stood by then in the further table ``prospects`` (or ``<table>.<kind>``), if one is named.
    Needs the table ``days``.
    """
    con.execute(_DAYS)
    con.register("given", pd.DataFrame({MOMENT: np.asarray(sorted(moments), dtype=np.int32)}))
    con.execute("CREATE OR REPLACE TABLE moments AS SELECT CAST(as_of AS INTEGER) AS as_of FROM given")
    con.execute(_MOMENTS)
    if prospects is not None:
        con.execute(_PROSPECTS.format(people=further.since(prospects)))


def features(con: DuckDBPyConnection, look: Look, window: int) -> tuple[pd.DataFrame, list[str], list[str]]:
    """A row per customer and moment of the table ``asks``, and the names of its numbers and of its categories.

    The columns are ``customer_id, as_of`` (days since 1970), ``NUMBERS``, ``breadth.<dimension>`` and the attributes.
    """
    recent = f"v.day > a.as_of - {window}"
    before = f"v.day BETWEEN a.as_of - {2 * window - 1} AND a.as_of - {window}"
    frame = _numbers(con.execute(_ASK.format(recent=recent, before=before)).df())
    numbers = list(NUMBERS)
    categories: list[str] = []
    for dimension in look.breadth:
        column = f"breadth.{dimension}"
        counted = con.execute(_breadth(dimension, window)).df().rename(columns={"n": column})
        frame = frame.merge(counted, on=[CUSTOMER, MOMENT], how="left")
        frame[column] = frame[column].fillna(0).astype(np.int64)
        numbers.append(column)
    further.gather(con, look.attributes)
    for asked, query, is_text in _further(con, look.attributes, window):
        frame = frame.merge(con.execute(query).df().rename(columns={"value": asked}), on=[CUSTOMER, MOMENT], how="left")
        (categories if is_text else numbers).append(asked)
    return frame, numbers, categories


def _numbers(raw: pd.DataFrame) -> pd.DataFrame:
    """What is a quotient or a spread, from sums of whole numbers."""
    orders, gaps = raw["orders"].to_numpy(np.float64), raw["gaps"].to_numpy(np.float64)
    basket = np.where(orders > 0, raw["cents"] / 100 / np.maximum(orders, 1), np.nan)
    rhythm = np.where(gaps > 0, raw["gap_sum"] / np.maximum(gaps, 1), np.nan)
    squares = raw["gap_squares"].to_numpy(np.float64) - gaps * np.nan_to_num(rhythm) ** 2
    spread = np.where(gaps > 1, np.sqrt(np.maximum(squares, 0.0) / np.maximum(gaps - 1, 1)), np.nan)
    found = raw[[CUSTOMER, MOMENT, "recency", "tenure", "orders"]].assign(
        money=raw["cents"] / 100,
        repeat_money=raw["repeat_cents"] / 100,
        orders_recent=raw["orders_recent"],
        money_recent=raw["recent_cents"] / 100,
        orders_before=raw["orders_before"],
        money_before=raw["before_cents"] / 100,
        basket=basket,
        rhythm=rhythm,
        rhythm_spread=spread,
        overdue=raw["recency"] / rhythm,
        orders_trend=_trend(raw["orders_recent"], raw["orders_before"]),
        money_trend=_trend(raw["recent_cents"].clip(lower=0), raw["before_cents"].clip(lower=0)),
    )
    return found[[CUSTOMER, MOMENT, *NUMBERS]]


def _trend(now: pd.Series[int], before: pd.Series[int]) -> pd.Series[float]:
    return (now - before) / (now + before).where(now + before > 0, 1)


def _breadth(dimension: str, window: int) -> str:
    """How many different values of a dimension a customer bought within the window."""
    day = "CAST(CAST(time AS DATE) - DATE '1970-01-01' AS INTEGER)"
    lines = f"""SELECT DISTINCT customer_id, {day} AS day, {name(dimension)} AS value
                FROM sales WHERE customer_id IS NOT NULL AND amount >= 0"""
    return f"""
        SELECT a.customer_id, a.as_of, count(DISTINCT b.value) AS n FROM asks a JOIN ({lines}) b
        ON b.customer_id = a.customer_id AND b.day <= a.as_of AND b.day > a.as_of - {window}
        GROUP BY a.customer_id, a.as_of"""


def _further(con: DuckDBPyConnection, attributes: Sequence[str], window: int) -> Iterator[tuple[str, str, bool]]:
    """For each asked attribute: its name, the query for its ``value``, and whether that is text."""
    dimensions = {str(column) for column, *_ in con.execute("DESCRIBE sales").fetchall()}
    wanted = [further.parse(asked, dimensions) for asked in attributes]
    places = {source: i for i, source in enumerate(dict.fromkeys(each.source for each in wanted))}
    within = f"b.day > a.as_of - {window}"
    values = {
        "": "max_by(b.value, b.day)",
        "count": f"CAST(coalesce(sum(b.n) FILTER ({within}), 0) AS BIGINT)",
        "recency": "CAST(a.as_of - max(b.day) AS DOUBLE)",
        "mean": f"sum(b.micros) FILTER ({within}) / (nullif(sum(b.valued) FILTER ({within}), 0) * {further.MICRO}.0)",
    }
    for each in wanted:
        yield (
            each.asked,
            f"""SELECT a.customer_id, a.as_of, {values[each.figure]} AS value
                FROM asks a LEFT JOIN asked_{places[each.source]} b
                ON b.customer_id = a.customer_id AND b.day <= a.as_of GROUP BY a.customer_id, a.as_of""",
            not each.figure,
        )
