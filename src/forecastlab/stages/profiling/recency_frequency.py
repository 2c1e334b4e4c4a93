"""The RFM map: how long ago and how often customers bought, how many are where, and what they spent."""

from __future__ import annotations

import pandas as pd

from forecastlab.schema import SalesLog
from forecastlab.stages import asof
from forecastlab.stages.opened import opened
from forecastlab.stages.profiling.told import MEMORY, Told, absent

DAYS = 7
"""Days of the first class of recency; each further one is twice as long."""

_MAP = f"""
WITH people AS (
    SELECT customer_id, CAST(DATE '{{until}}' - DATE '1970-01-01' AS INTEGER) - max(day) FILTER (bought) AS recency,
           count(*) FILTER (bought) AS orders, sum(cents) AS cents
    FROM days GROUP BY customer_id HAVING bool_or(bought)
)
SELECT CAST(floor(log2(recency // {DAYS} + 1)) AS INTEGER) AS recency,
       CAST(floor(log2(orders)) AS INTEGER) AS frequency,
       count(*) AS customers, CAST(sum(cents) AS BIGINT) AS cents
FROM people GROUP BY ALL ORDER BY ALL
"""


def recency_frequency(log: SalesLog) -> Told:
    """Customers and cents by class of recency and of frequency, as-of the last day (table ``map``).

    Class r of recency holds 7(2^r - 1) … 7(2^(r+1) - 1) - 1 days since the last purchase; class f of frequency
    2^f … 2^(f+1) - 1 days with a purchase. Classes that double are the same for every data set.
    """
    last = log.span[1]
    with opened(log, last, MEMORY) as con:
        asof.gather_days(con)
        found: pd.DataFrame = con.execute(_MAP.format(until=last.date())).df()
    if not len(found):
        return absent("nobody")
    return Told({"map": found}, {"customers": float(found["customers"].sum())}, {"until": str(last.date())})


def recency_days(rank: int) -> tuple[int, int]:
    """The first and the last day of a class of recency."""
    return DAYS * (2**rank - 1), DAYS * (2 ** (rank + 1) - 1) - 1


def frequency_days(rank: int) -> tuple[int, int]:
    """The fewest and the most purchase days of a class of frequency."""
    return 2**rank, 2 ** (rank + 1) - 1
