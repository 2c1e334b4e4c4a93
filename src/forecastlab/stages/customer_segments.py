"""Where customers' purchases count: for the segment each had at an earlier date, or will have at a later one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Fold
from forecastlab.schema.customer_base import Earlier
from forecastlab.schema.names import CUSTOMER, NEW, UNKNOWN
from forecastlab.stages import asof, labels
from forecastlab.stages.calendar import DAY, Calendar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = NDArray[np.float64]
Segments = NDArray[np.int16]

BEFORE, ROWS = 8, 1_000_000
"""Earlier dates, and customers times dates, that are told of, at most."""


def names_of(membership: labels.Membership | None) -> tuple[str, ...]:
    """The segments that customers may have; none where they are not told apart."""
    return tuple(dict.fromkeys((*membership.segmenter.segments, NEW, UNKNOWN))) if membership is not None else ()


def earlier(
    con: DuckDBPyConnection,
    people: pd.DataFrame,
    ends: pd.DatetimeIndex,
    bought: Callable[[NDArray[np.int64], int], Floats],
    calendar: Calendar,
    membership: labels.Membership | None,
) -> Earlier:
    """The customers at the ends of the last periods that have another one after them; fewer dates for many people.

    ``bought`` tells what customers (by position) bought in a period (by position).
    """
    periods = max(1, min(BEFORE, ROWS // max(len(people), 1)))
    found = []
    for period in range(max(len(ends) - periods, 1), len(ends)):
        then = calendar.freq.start(ends[period]) - DAY
        asof.ask_everyone(con, pd.DatetimeIndex([then]))
        for batch in _profiles(con, membership):
            who = pd.Index(people[CUSTOMER]).get_indexer(pd.Index(batch[CUSTOMER]))
            found.append(
                pd.DataFrame(
                    {
                        "who": who,
                        "x": batch["orders_total"].to_numpy(float) - 1,
                        "t_x": (batch["tenure"] - batch["recency"]).to_numpy(float),
                        "age": batch["tenure"].to_numpy(float),
                        "segment": _places(batch, membership),
                        "value": bought(who, period),
                        "days": float((ends[period] - then) / DAY),
                    }
                )
            )
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[f.name for f in fields(Earlier)])
    return Earlier(**{name: rows[name].to_numpy() for name in rows.columns})


def _profiles(con: DuckDBPyConnection, membership: labels.Membership | None) -> Iterator[pd.DataFrame]:
    """The profiles of the table ``asks`` as the segmentation wants them."""
    if membership is None:
        return asof.stream(con, None)
    return asof.stream(con, labels.window_days(membership.segmenter), membership.segmenter.attributes)


def _places(batch: pd.DataFrame, membership: labels.Membership | None) -> Segments:
    """The segments of profiles, by position."""
    if membership is None:
        return np.zeros(len(batch), dtype=np.int16)
    named = labels.assign(membership.segmenter, membership.assigner, batch)
    return pd.Index(names_of(membership)).get_indexer(pd.Index(named)).astype(np.int16)


_SUPPOSE = """
CREATE OR REPLACE TABLE days AS
WITH habits AS (
    SELECT customer_id, CAST(greatest(sum(cents) // count(*), 0) AS BIGINT) AS cents,
           greatest(1, least({span} * (count(*) - 1) // greatest({cutoff} - min(day), 1), {most})) AS n
    FROM known_days WHERE bought GROUP BY customer_id
)
SELECT * FROM known_days UNION ALL
SELECT customer_id, CAST({cutoff} + greatest({span} * (2 * k + 1) // (2 * n), 1) AS INTEGER), cents, true
FROM (SELECT *, unnest(range(n)) AS k FROM habits)
"""
"""The past, and purchases of everybody in the span after it: as many as usual, of the usual size, at least one."""

MOST = 20
"""Purchases, at most, that a customer is supposed to make in a span."""


def ahead(con: DuckDBPyConnection, membership: labels.Membership, fold: Fold, reach: int) -> tuple[Segments, Segments]:
    """Where a purchase in each coming period would count, if nothing was bought before it, and if something was.

    A purchase counts for the segment its customer had at the end of the period before it. That is asked of the fold's
    own segmentation, with the past as it is, and as if the customer went on buying at the usual pace until that date.
    """
    dates = pd.DatetimeIndex([fold.cutoff, *fold.freq.after(fold.cutoff, reach - 1)])
    if membership.frozen_at is not None:
        now = _at(con, membership, dates[:1])
        return np.repeat(now, reach, axis=1), np.repeat(now, reach, axis=1)
    silent = _at(con, membership, dates)
    bought = silent.copy()
    con.execute("CREATE OR REPLACE TABLE known_days AS SELECT * FROM days")
    for period, date in enumerate(dates[1:], start=1):
        span = (date - fold.cutoff) // DAY
        con.execute(_SUPPOSE.format(cutoff=(fold.cutoff - pd.Timestamp("1970-01-01")).days, span=span, most=MOST))
        bought[:, period] = _at(con, membership, pd.DatetimeIndex([date]))[:, 0]
    return silent, bought


def _at(con: DuckDBPyConnection, membership: labels.Membership, dates: pd.DatetimeIndex) -> Segments:
    """The segment of every customer at each of the dates, by position."""
    asof.ask_everyone(con, dates)
    told = [_places(batch, membership) for batch in _profiles(con, membership)]
    return np.concatenate([np.empty(0, dtype=np.int16), *told]).reshape(-1, len(dates))
