"""Baskets: how large they are, what they are worth, and which goods are bought together more often than by chance."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.schema import SalesLog
from forecastlab.stages.baskets import analysis
from forecastlab.stages.opened import opened
from forecastlab.stages.profiling.told import MEMORY, Told, absent

FEWEST = 5
"""Baskets without which a pair is chance, and may tell of single customers."""

_SIZES = """
WITH one AS (SELECT basket_id, count(*) AS lines, CAST(sum(amount) AS BIGINT) AS cents
             FROM sales WHERE basket_id IS NOT NULL AND amount >= 0 GROUP BY basket_id)
SELECT CAST(floor(log2(lines)) AS INTEGER) AS size, count(*) AS baskets, CAST(sum(lines) AS BIGINT) AS lines,
       CAST(sum(cents) AS BIGINT) AS cents FROM one GROUP BY ALL ORDER BY ALL
"""


def baskets(log: SalesLog, items: str | None, support: float, most: int) -> Told:
    """Baskets by how many lines they have (table ``sizes``: class s has 2^s … 2^(s+1) - 1), and pairs of goods.

    Lines that are returns are left out. ``pairs`` has the ``most`` strongest pairs that lie together in the share
    ``support`` of the baskets and in five at least, each in the direction of the greater confidence: support,
    confidence, lift.
    """
    if not log.facts.has_basket:
        return absent("basket")
    with opened(log, log.span[1], MEMORY) as con:
        sizes: pd.DataFrame = con.execute(_SIZES).df()
    n = float(sizes["baskets"].sum())
    if not n:
        return absent("basket")
    tables = {"sizes": sizes}
    if items is not None:
        least = max(FEWEST, math.ceil(support * n))
        tables["pairs"] = one_way(analysis(log, items, log.span[1], least, 2 * most, MEMORY).pairs).head(most)
    figures = {"baskets": n, "lines": float(sizes["lines"].sum()), "cents": float(sizes["cents"].sum())}
    return Told(tables, figures, {"items": items or ""})


def one_way(pairs: pd.DataFrame) -> pd.DataFrame:
    """Of the two directions of each pair the one with the greater confidence; the greatest lift first."""
    order = pairs.assign(first=pairs[["item", "other"]].min(axis=1), second=pairs[["item", "other"]].max(axis=1))
    order = order.sort_values(["confidence", "item"], ascending=[False, True], kind="stable")
    order = order.drop_duplicates(["first", "second"]).sort_values(
        ["lift", "item"], ascending=[False, True], kind="stable"
    )
    return order.drop(columns=["first", "second"]).reset_index(drop=True)
