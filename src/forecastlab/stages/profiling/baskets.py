"""Baskets: how large they are, what they are worth, and which goods are bought together more often than by chance."""

from __future__ import annotations

import pandas as pd

from forecastlab.schema import SalesLog
from forecastlab.stages.opened import opened
from forecastlab.stages.profiling.told import MEMORY, Told, absent

_SIZES = """
WITH one AS (SELECT basket_id, count(*) AS lines, CAST(sum(amount) AS BIGINT) AS cents
             FROM sales WHERE basket_id IS NOT NULL AND amount >= 0 GROUP BY basket_id)
SELECT CAST(floor(log2(lines)) AS INTEGER) AS size, count(*) AS baskets, CAST(sum(lines) AS BIGINT) AS lines,
       CAST(sum(cents) AS BIGINT) AS cents FROM one GROUP BY ALL ORDER BY ALL
"""


def baskets(log: SalesLog, items: str | None, least: int, most: int) -> Told:
    """Baskets by how many lines they have (table ``sizes``: class s has 2^s … 2^(s+1) - 1), and pairs of goods.

    Lines that are returns are left out. ``pairs`` has the ``most`` strongest pairs that lie together in ``least``
    baskets at least, one row per direction: support, confidence, lift.
    """
    if not log.facts.has_basket:
        return absent("basket")
    with opened(log, log.span[1], MEMORY) as con:
        sizes: pd.DataFrame = con.execute(_SIZES).df()
    n = float(sizes["baskets"].sum())
    if not n:
        return absent("basket")
    figures = {"baskets": n, "lines": float(sizes["lines"].sum()), "cents": float(sizes["cents"].sum())}
    return Told({"sizes": sizes}, figures, {"items": items or ""})
