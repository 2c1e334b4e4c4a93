"""Cohorts: customers by the month of their first purchase, and how many of them still buy later."""

from __future__ import annotations

import pandas as pd

from forecastlab.schema import Frequency, SalesLog
from forecastlab.stages import asof
from forecastlab.stages.opened import opened
from forecastlab.stages.profiling.told import MEMORY, Told, absent

MONTHS = 24
"""Months at most; longer histories are told in quarters, and those in years."""

_ACTIVE = """
WITH lived AS (SELECT customer_id, {period} AS ds, sum(cents) AS cents, bool_or(bought) AS bought
               FROM (SELECT *, DATE '1970-01-01' + day AS time FROM days) GROUP BY ALL),
     born AS (SELECT customer_id, min(ds) AS cohort FROM lived WHERE bought GROUP BY ALL)
SELECT CAST(cohort AS TIMESTAMP) AS cohort, CAST(ds AS TIMESTAMP) AS ds,
       count(*) FILTER (bought) AS customers, CAST(sum(cents) AS BIGINT) AS cents
FROM lived JOIN born USING (customer_id) WHERE ds >= cohort GROUP BY ALL ORDER BY ALL
"""


def cohorts(log: SalesLog) -> Told:
    """How many of each cohort bought in each later period, and for how many cents (table ``cohorts``).

    Columns: ``cohort`` and ``ds`` (last days of periods), ``age`` in periods, ``customers`` who bought, ``cents``, the
    cohort's ``size`` and the ``share`` of it. Incomplete periods are left out, as cohorts and as ages.
    """
    first, last = log.span
    freq = next((each for each in map(Frequency, ("M", "Q")) if len(each.ends(first, last)) <= MONTHS), Frequency("Y"))
    ends = freq.ends(first, last)
    if len(ends) < 2:
        return absent("short")
    with opened(log, last, MEMORY) as con:
        asof.gather_days(con)
        found = con.execute(_ACTIVE.format(period=freq.sql_end("time"))).df()
    found = found[found["cohort"].isin(ends) & found["ds"].isin(ends)]
    if not len(found):
        return absent("nobody")
    age = ends.get_indexer(pd.Index(found["ds"])) - ends.get_indexer(pd.Index(found["cohort"]))
    size = found["cohort"].map(found[age == 0].set_index("cohort")["customers"])
    told = found.assign(age=age, size=size, share=found["customers"] / size).reset_index(drop=True)
    return Told({"cohorts": told}, {}, {"freq": freq.code, "true": str(log.facts.firsts_are_true)})
