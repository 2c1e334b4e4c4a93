"""Suspicious accounts: customers who suddenly spend many times what they used to."""

from __future__ import annotations

import pandas as pd

from forecastlab.schema import SalesLog
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import lay_calendar
from forecastlab.stages.opened import opened
from forecastlab.stages.profiling.told import MEMORY, Told, absent

NORMAL = 1.4826
"""Median absolute deviations of a normal distribution per standard deviation."""

_SCORED = f"""
CREATE OR REPLACE TEMP TABLE scored AS
WITH sums AS (SELECT s.customer_id, d.ds, CAST(sum(s.amount) AS BIGINT) AS cents
              FROM sales s JOIN daily d ON d.day = CAST(s.time AS DATE) WHERE s.customer_id IS NOT NULL GROUP BY ALL),
     past AS (SELECT customer_id, ds, cents, count(*) OVER w AS n,
                     median(cents) OVER w AS usual, mad(cents) OVER w AS mad
              FROM sums WHERE cents > 0
              WINDOW w AS (PARTITION BY customer_id ORDER BY ds ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT customer_id AS unique_id, CAST(ds AS TIMESTAMP) AS ds, cents, CAST(usual AS DOUBLE) AS usual_cents, n,
       (cents - usual) / greatest({NORMAL} * mad, usual / 10) AS z
FROM past WHERE n >= {{history}}
"""


def jumps(log: SalesLog, calendar: Calendar, history: int, least: float, most: int) -> Told:
    """Periods in which customers spent far more than in their own past (table ``list``, the most striking ``most``).

    The robust z of a period is its money less the median of the customer's earlier periods with a purchase, over
    1.4826 times their median absolute deviation, or a tenth of the median if that is more (Iglewicz & Hoaglin 1993).
    It is asked from ``history`` such periods on and told from ``least`` on. ``periods`` has how many were looked at
    and told in each.
    """
    ends = calendar.frame(pd.DatetimeIndex(calendar.freq.ends(*log.span)))
    if len(ends) <= history:
        return absent("short")
    with opened(log, log.span[1], MEMORY) as con:
        lay_calendar(con, calendar, pd.DatetimeIndex(ends["ds"]))
        con.execute(_SCORED.format(history=history))
        found = con.execute(
            f"SELECT * FROM scored WHERE z >= {least!r} ORDER BY z DESC, unique_id, ds LIMIT {most}"
        ).df()
        query = f"SELECT ds, count(*) AS looked, count(*) FILTER (z >= {least!r}) AS jumps FROM scored"
        periods = con.execute(f"{query} GROUP BY ALL ORDER BY ALL").df()
        (people,) = con.execute(f"SELECT count(DISTINCT unique_id) FROM scored WHERE z >= {least!r}").fetchall()[0]
    if not len(periods):
        return absent("seldom", n=str(history))
    figures = {"looked": float(periods["looked"].sum()), "jumps": float(periods["jumps"].sum())}
    return Told({"list": found, "periods": periods}, figures | {"customers": float(people), "least": least}, {})
