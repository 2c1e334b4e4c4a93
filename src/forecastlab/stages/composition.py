"""What segments are made of over time: how many customers, how many buyers, how much money, and who moved where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import Assigner, SalesLog, Segmenter
from forecastlab.schema.names import CUSTOMER, DS, NEW, PROSPECT, SEGMENT, UNKNOWN
from forecastlab.stages import asof
from forecastlab.stages.attributes import LEADS
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import cells
from forecastlab.stages.labels import AS_OF, Membership, assign, window_days
from forecastlab.stages.opened import FURTHER, opened, text
from forecastlab.stages.panel import fitted
from forecastlab.target.sales import Sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COUNTS = 26
"""Dates at most at which all customers are counted: their number times that of all periods would be too much."""

ASKS = 2_000_000
"""Profiles that are asked for in one pass."""

UNSEEN = "unseen"
"""Where a customer comes from who had not bought yet."""


_NOBODY = pd.DataFrame({CUSTOMER: [], AS_OF: pd.DatetimeIndex([]), SEGMENT: []})


def composition(
    log: SalesLog, segmenter: Segmenter, learnt: pd.Timestamp, until: pd.Timestamp, calendar: Calendar
) -> pd.DataFrame:
    """Segments over the periods of the panel up to ``until``, labelled as-of the end of the period before.

    By the segmentation as learnt from what was known on ``learnt``.

    Columns: ``ds, segment``; ``customers``, how many had the segment when the period began (NaN where not counted:
    at most 26 periods evenly spaced are); ``buyers``, how many of them bought; ``money`` spent in currency units and
    its ``share`` of the period's money. Where the segmentation names prospects, leads without a purchase are counted
    as such. Raises ConfigError.
    """
    asof.check(segmenter, log.facts)
    ends = calendar.ends(log.facts)
    ends = ends[ends <= until]
    money = Sales(value="amount", series_by=(SEGMENT,), freq=calendar.freq.code, membership="rolling", nonnegative=True)
    first = NEW if log.facts.firsts_are_true or calendar.warmup else UNKNOWN
    with opened(log, until) as con:
        assigner = fitted(con, segmenter, learnt)
        membership = Membership(segmenter, assigner, first, None)
        cells(con, calendar, ends, money, (SEGMENT,), log.facts, membership)
        sold = con.execute(_sold(segmenter)).df()
        spaced = _spaced(ends)
        counted = _customers(con, segmenter, assigner, calendar.frame(spaced))
    sold["share"] = sold["money"] / sold.groupby(DS)["money"].transform("sum").replace(0, np.nan)
    both = counted.merge(sold, on=[DS, SEGMENT], how="outer").sort_values([DS, SEGMENT], ignore_index=True)
    both[["buyers", "money", "share"]] = both[["buyers", "money", "share"]].fillna(0)
    both["customers"] = both["customers"].mask(both[DS].isin(spaced), both["customers"].fillna(0))
    return both[[DS, SEGMENT, "customers", "buyers", "money", "share"]]


def migration(
    log: SalesLog, segmenter: Segmenter, until: pd.Timestamp, calendar: Calendar, periods: int
) -> pd.DataFrame:
    """How many customers went from which segment (rows) to which (columns) in the ``periods`` before ``until``.

    Both by the segmentation as fitted then, each date with what was known then; customers who had not bought
    yet come from ``unseen``, or from ``prospect`` if they were leads by then. Raises ConfigError.
    """
    asof.check(segmenter, log.facts)
    before = calendar.freq.shift(until, -periods)
    with opened(log, until) as con:
        assigner = fitted(con, segmenter, until)
        dates = pd.DatetimeIndex([before, until])
        members = pd.concat(list(_members(con, segmenter, assigner, dates)) or [_NOBODY])
    then, now = (members[members[AS_OF] == date].set_index(CUSTOMER)[SEGMENT] for date in dates)
    origin = then.reindex(now.index).fillna(UNSEEN)
    matrix = pd.crosstab(origin.to_numpy(), now.to_numpy(), rownames=["from"], colnames=["to"])
    return matrix.reindex(index=[*segmenter.segments, UNSEEN], columns=list(segmenter.segments), fill_value=0)


def _members(
    con: DuckDBPyConnection, segmenter: Segmenter, assigner: Assigner, dates: pd.DatetimeIndex
) -> Iterator[pd.DataFrame]:
    """``customer_id, as_of, segment`` of everyone who had bought (or was a lead) by each of the dates, in batches."""
    prospects = PROSPECT in segmenter.segments
    leads = f" + (SELECT count(DISTINCT customer_id) FROM {FURTHER}.{LEADS})" if prospects else ""
    (people,) = con.execute(f"SELECT (SELECT count(*) FROM customers){leads}").fetchall()[0]
    width = max(1, ASKS // max(people, 1))
    for start in range(0, len(dates), width):
        asof.ask_everyone(con, dates[start : start + width])
        for batch in asof.stream(con, window_days(segmenter), segmenter.attributes):
            yield batch[[CUSTOMER, AS_OF]].assign(**{SEGMENT: assign(segmenter, assigner, batch)})
        if prospects:
            yield con.execute(_PROSPECTS).df()


_PROSPECTS = f"""
SELECT l.customer_id, CAST(d.as_of AS TIMESTAMP) AS {AS_OF}, {text(PROSPECT)} AS {SEGMENT}
FROM (SELECT customer_id, min(CAST(time AS DATE)) AS since FROM {FURTHER}.{LEADS}
      WHERE customer_id IS NOT NULL GROUP BY ALL) l
LEFT JOIN (SELECT customer_id, DATE '1970-01-01' + min(day) AS bought FROM days WHERE bought GROUP BY ALL) b
    USING (customer_id)
JOIN dates d ON l.since <= d.as_of AND (b.bought IS NULL OR b.bought > d.as_of)"""
"""Leads who had not bought yet, at each of the dates."""


def _customers(
    con: DuckDBPyConnection, segmenter: Segmenter, assigner: Assigner, periods: pd.DataFrame
) -> pd.DataFrame:
    """``ds, segment, customers``: everyone who was known by the end of the period before, counted by segment."""
    dates = pd.DatetimeIndex(periods[AS_OF])
    counts = [batch.groupby([AS_OF, SEGMENT]).size() for batch in _members(con, segmenter, assigner, dates)]
    counts = counts or [_NOBODY.groupby([AS_OF, SEGMENT]).size()]
    total = pd.concat(counts).groupby(level=[AS_OF, SEGMENT]).sum().rename("customers").astype(float)
    return periods.merge(total.reset_index(), on=AS_OF)[[DS, SEGMENT, "customers"]]


def _spaced(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return ends[np.unique(np.linspace(0, len(ends) - 1, min(len(ends), COUNTS)).round().astype(int))]


def _sold(segmenter: Segmenter) -> str:
    """Buyers and money by period and segment; a segmentation with one segment has all the money in it."""
    only = segmenter.segments if len(segmenter.segments) == 1 else ()
    segment = text(only[0]) if only else SEGMENT
    return f"""
        SELECT CAST(ds AS TIMESTAMP) AS ds, {segment} AS segment,
               count(DISTINCT customer_id) AS buyers, CAST(sum(n) AS DOUBLE) / 100 AS money
        FROM sold GROUP BY ALL ORDER BY ALL"""
