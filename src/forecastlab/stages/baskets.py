"""Baskets: what lies in them, how many things there are, and which are bought together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import ConfigError, Facts, Fault, SalesLog, nearest
from forecastlab.schema.names import UNKNOWN
from forecastlab.stages.opened import name, opened, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY = "CAST(CAST(time AS DATE) - DATE '1970-01-01' AS INTEGER)"


@dataclass(frozen=True)
class Baskets:
    """What is bought together.

    ``baskets`` is how many there are; ``sizes`` says how many of them hold how many different items (``items,
    baskets``). ``pairs`` has a row for each direction of a pair: ``item, other, together, baskets_item, baskets_other``
    (counts of baskets) and ``support, confidence, lift, leverage`` of item → other, the largest lift first.
    """

    baskets: int
    sizes: pd.DataFrame
    pairs: pd.DataFrame


def check_item(item: str, facts: Facts, where: str) -> None:
    """Raise ConfigError where a dataset has no such dimension."""
    if item not in facts.dimensions:
        there = ", ".join(facts.dimensions) or "none"
        what = f"found {item}, dimensions of the data are {there}"
        raise ConfigError(Fault("unknown-dimension", where, what, nearest(item, facts.dimensions)))


def gather_baskets(con: DuckDBPyConnection, facts: Facts, item: str, after: int | None = None) -> None:
    """Reduce the view ``sales`` to the table ``held``: each item that a basket holds, once.

    Its columns are ``customer_id`` (NULL: nobody known), ``day`` (since 1970), ``basket``, the basket's number, and
    ``item``. A basket is what one customer bought on one day under one basket id, or on one day where there is none.
    Returns and items that are not known are left out, and what was bought up to the day ``after``.
    """
    key = "basket_id" if facts.has_basket else "CAST(NULL AS VARCHAR)"
    known = "basket_id IS NOT NULL OR customer_id IS NOT NULL" if facts.has_basket else "customer_id IS NOT NULL"
    late = "true" if after is None else f"{DAY} > {after}"
    con.execute(
        f"""CREATE OR REPLACE TABLE picked AS
            SELECT DISTINCT customer_id, {DAY} AS day, {key} AS key, {name(item)} AS item
            FROM sales WHERE amount >= 0 AND {name(item)} <> {text(UNKNOWN)} AND ({known}) AND {late}"""
    )
    con.execute(_HELD)


_HELD = """
CREATE OR REPLACE TABLE held AS
SELECT p.customer_id, p.day, b.basket, p.item FROM picked p JOIN (
    SELECT *, CAST(row_number() OVER (ORDER BY customer_id, day, key) AS INTEGER) - 1 AS basket
    FROM (SELECT DISTINCT customer_id, day, key FROM picked)
) b ON b.day = p.day AND b.customer_id IS NOT DISTINCT FROM p.customer_id AND b.key IS NOT DISTINCT FROM p.key
"""

_PAIRS = """
WITH ones AS (SELECT item, count(*) AS n FROM held GROUP BY item HAVING count(*) >= {least}),
few AS (SELECT basket, item, n FROM held JOIN ones USING (item)),
couples AS (
    SELECT a.item AS item, b.item AS other, count(*) AS together,
           any_value(a.n) AS baskets_item, any_value(b.n) AS baskets_other
    FROM few a JOIN few b ON a.basket = b.basket AND a.item <> b.item
    GROUP BY ALL HAVING count(*) >= {least})
SELECT *, together / {n} AS support, together / baskets_item AS confidence,
       together * {n} / (baskets_item * baskets_other) AS lift,
       (together * {n} - baskets_item * baskets_other) / ({n} * {n}) AS leverage
FROM couples ORDER BY CAST(together AS DOUBLE) / (CAST(baskets_item AS DOUBLE) * baskets_other) DESC, item, other
LIMIT {most}
"""


def analysis(
    log: SalesLog, item: str, until: pd.Timestamp, least: int, most: int, memory: str | None = None
) -> Baskets:
    """What was bought together up to and including ``until``; ``item`` is a dimension of the log.

    Pairs that fewer than ``least`` baskets hold are left out, and more than ``most`` of them (the largest lift first,
    ties by name). Counts are exact; what does not fit into ``memory`` spills. Raises ConfigError.
    """
    check_item(item, log.facts, "item")
    with opened(log, until, memory) as con:
        gather_baskets(con, log.facts, item)
        sizes = con.execute(
            "SELECT items, count(*) AS baskets FROM (SELECT count(*) AS items FROM held GROUP BY basket) "
            "GROUP BY items ORDER BY items"
        ).df()
        n = int(sizes["baskets"].sum())
        pairs = con.execute(_PAIRS.format(least=int(least), most=int(most), n=f"{max(n, 1)}.0")).df()
    return Baskets(n, sizes, pairs)
