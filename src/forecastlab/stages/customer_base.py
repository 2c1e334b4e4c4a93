"""The customer base as-of a cutoff: how often and when each customer bought, and where their purchases would count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Fold, SalesLog, Segmenter
from forecastlab.schema.customer_base import CustomerBase
from forecastlab.schema.names import CUSTOMER, DS, SEGMENT, SERIES
from forecastlab.stages import asof, cells, customer_segments, labels, newcomers, panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.levels import COUNT, Keys, own_levels, series_id
from forecastlab.stages.opened import opened, text
from forecastlab.stages.target import cuts
from forecastlab.target.sales import Sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = NDArray[np.float64]

LATELY = 52
"""Periods whose newcomers are told of, at most."""


def build(log: SalesLog, segmenter: panel.AnySegmenter, fold: Fold, target: Sales, calendar: Calendar) -> CustomerBase:
    """What is known of every customer at the cutoff; later rows are not read. Customers are in the order of their ids.

    Segments are those of the fold's own segmentation, fitted on the past. Raises ConfigError, DataError.
    """
    keys, reach = cuts(target, segmenter), fold.gap + fold.horizon
    ends = calendar.ends(log.facts)
    ends = ends[ends <= fold.cutoff]
    kept = ends[-fold.train :] if fold.train else ends
    with opened(log, fold.cutoff) as con:
        membership = None
        if SEGMENT in keys and isinstance(segmenter, Segmenter):
            assigner = panel.fitted(con, segmenter, fold.cutoff)
            membership = panel.membership_of(log, segmenter, assigner, fold, target, calendar)
        else:
            asof.gather_days(con)
        people = asof.everyone(con, fold.cutoff, None)
        cells.lay_calendar(con, calendar, kept)
        con.execute(cells.lines(calendar.freq.start(kept[0]), target, log.facts, {}, named=True))
        values = _values(con, people, kept, target)
        days, arrivals = _counts(con, people, kept)
        cohorts = _cohorts(con, log, kept, target, keys, calendar, membership)
        segments = customer_segments.names_of(membership)
        earlier = customer_segments.earlier(con, people, kept, values.of, calendar, membership)
        silent = bought = np.zeros((len(people), reach), dtype=np.int16)
        if membership is not None:
            silent, bought = customer_segments.ahead(con, membership, fold, reach)
    total, first = people["orders_total"].to_numpy(float), people["tenure"].to_numpy(float)
    return CustomerBase(
        x=total - 1,
        t_x=first - people["recency"].to_numpy(float),
        age=first,
        value=np.bincount(values.who, values.value, len(people)).astype(float),
        days=days,
        silent=silent,
        bought=bought,
        segments=segments,
        known=np.bincount(values.at, values.value, len(kept)).astype(float),
        arrivals=arrivals,
        cohorts=cohorts,
        lately=min(LATELY, len(kept)),
        earlier=earlier,
    )


_DAYS = f"""
SELECT {CUSTOMER}, count(*) AS {COUNT} FROM days JOIN daily ON daily.day = DATE '1970-01-01' + days.day
WHERE bought GROUP BY ALL
"""
_ARRIVALS = f"""
SELECT CAST(p.ds AS TIMESTAMP) AS {DS}, count(*) AS {COUNT}
FROM (SELECT {CUSTOMER}, DATE '1970-01-01' + min(day) AS day FROM days GROUP BY ALL) JOIN daily p USING (day)
GROUP BY ALL
"""


@dataclass(frozen=True)
class _Values:
    """What customers (by position) bought in periods (by position): one entry for each of both, where there is any."""

    who: NDArray[np.intp]
    at: NDArray[np.intp]
    value: Floats

    def of(self, who: NDArray[np.int64], period: int) -> Floats:
        """What each of ``who`` bought in a period."""
        here = self.at == period
        bought = np.zeros(int(who.max(initial=-1)) + 1)
        known = here & (self.who < len(bought))
        bought[self.who[known]] = self.value[known]
        return bought[who]


def _values(con: DuckDBPyConnection, people: pd.DataFrame, ends: pd.DatetimeIndex, target: Sales) -> _Values:
    named = f"(SELECT * FROM lines WHERE {CUSTOMER} IS NOT NULL)"
    frame = con.execute(cells.counted(target, [CUSTOMER], named)).df()
    who = pd.Index(people[CUSTOMER]).get_indexer(pd.Index(frame[CUSTOMER]))
    frame, who = frame[who >= 0], who[who >= 0]  # who only ever brought something back is no customer yet
    at = ends.get_indexer(pd.DatetimeIndex(frame[DS]))
    return _Values(who, at, frame[COUNT].to_numpy(float) / cells.UNITS[target.value])


def _counts(con: DuckDBPyConnection, people: pd.DataFrame, ends: pd.DatetimeIndex) -> tuple[Floats, Floats]:
    """Purchase days of each customer in the panel, and newcomers of each period."""
    days, arrivals = con.execute(_DAYS).df(), con.execute(_ARRIVALS).df()
    return (
        days.set_index(CUSTOMER)[COUNT].reindex(pd.Index(people[CUSTOMER]), fill_value=0).to_numpy(float),
        arrivals.set_index(DS)[COUNT].reindex(ends, fill_value=0).to_numpy(float),
    )


def _cohorts(
    con: DuckDBPyConnection,
    log: SalesLog,
    ends: pd.DatetimeIndex,
    target: Sales,
    keys: Keys,
    calendar: Calendar,
    membership: labels.Membership | None,
) -> pd.DataFrame:
    """What customers first seen of late bought, by series, the period in which they were first seen, and the period."""
    lately = ends[-LATELY:]
    if membership is not None and membership.frozen_at is not None:
        keys, membership = tuple(key for key in keys if key != SEGMENT), None  # they have no segment at the cutoff
    aliases = cells.sell(con, calendar, lately, target, keys, log.facts, membership, named=True)
    con.execute(newcomers.FIRSTS.format(since=text(str(lately[0]))))
    source = f"(SELECT s.*, f.{newcomers.SINCE} FROM sold s JOIN firsts f USING ({CUSTOMER}))"
    found = []
    for level in own_levels(keys, target.additive):
        by = [aliases[key] for key in level]
        frame = con.execute(cells.counted(target, [newcomers.SINCE, *by], source)).df()
        ids = [series_id(level, row) for row in frame[by].to_numpy(dtype=object).tolist()]
        found.append(
            pd.DataFrame(
                {
                    SERIES: np.array(ids, dtype=object),
                    newcomers.SINCE: ends.get_indexer(pd.DatetimeIndex(frame[newcomers.SINCE])),
                    "at": ends.get_indexer(pd.DatetimeIndex(frame[DS])),
                    "value": frame[COUNT].to_numpy(float) / cells.UNITS[target.value],
                }
            )
        )
    return pd.concat(found, ignore_index=True)
