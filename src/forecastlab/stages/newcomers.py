"""Future customers: people who are first seen after a cutoff, foretold from how it was after earlier dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Fold
from forecastlab.schema.names import CUTOFF, DS, FUTURE, SEGMENT, SERIES, STEP, YHAT
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import UNITS, counted
from forecastlab.stages.levels import COUNT, Keys, own_levels, series_id
from forecastlab.stages.opened import text
from forecastlab.target.sales import Sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ORIGINS = 8
"""Earlier dates, at most, whose newcomers are averaged: enough to smooth, few enough to follow a shop that changes."""

PROFILE = "profile"
"""Source of a forecast of future customers."""

NO_PROFILE = "unforeseen"
"""Source of the zero that stands for future customers where the past is too short for one earlier date."""

BIASED = (
    "frozen histories are biased by selection: customers who are active at the cutoff have, by definition, just "
    "bought, so their past looks livelier than their future will be, and a method that reads series extends it"
)
"""What everybody has to know who forecasts frozen segments with a time-series method."""

SINCE = "since"


def reserve(cells: Mapping[Keys, pd.DataFrame], ends: pd.DatetimeIndex) -> dict[Keys, pd.DataFrame]:
    """The cells of a frozen past, with a series of its own, without sales, for future customers wherever one may be.

    There is one beside the segments of every combination of the other keys that has sold.
    """
    return {level: _with_future(frame, level, ends) if SEGMENT in level else frame for level, frame in cells.items()}


def _with_future(frame: pd.DataFrame, level: Keys, ends: pd.DatetimeIndex) -> pd.DataFrame:
    others = [key for key in level if key != SEGMENT]
    places = frame[others].drop_duplicates() if others else pd.DataFrame(index=[0])
    empty = places.copy()
    empty[SEGMENT], empty[DS], empty[COUNT] = FUTURE, ends[0], 0
    return pd.concat([frame, empty], ignore_index=True) if len(frame) else empty


def foretell(
    con: DuckDBPyConnection,
    series: pd.DataFrame,
    ends: pd.DatetimeIndex,
    fold: Fold,
    target: Sales,
    keys: Keys,
    calendar: Calendar,
    first_day: pd.Timestamp,
) -> pd.DataFrame:
    """What future customers will buy: ``unique_id, ds, yhat, source`` for each of the ``series`` and asked period.

    The last ``ORIGINS`` dates that were the end of a period and lie so far back that all their asked periods had come
    true at the cutoff are taken in turn: what did people who were first seen after that date buy in the first, second
    … period after it? The forecast is the mean over these dates, in units of the value. Where there is no such date
    the forecast is 0 and the source ``unforeseen``. ``series`` has a row per series, indexed by ``unique_id``, with its
    keys. Needs the tables ``lines``, ``days`` and ``daily`` of the past; the cost follows the lines, not the customers.
    """
    reach = fold.gap + fold.horizon
    before = np.array([calendar.freq.start(end) > first_day for end in ends])
    origins = np.flatnonzero(before & (np.arange(len(ends)) + reach <= len(ends)))[-ORIGINS:]
    yhat = np.zeros((len(series), fold.horizon))
    if len(origins):
        con.execute(FIRSTS.format(since=text(str(ends[origins[0]]))))
        for level in own_levels(keys, target.additive):
            if SEGMENT in level:
                yhat += _mean(_sold(con, target, level, keys), series, level, ends, origins, fold)
    yhat /= UNITS[target.value]
    source = PROFILE if len(origins) else NO_PROFILE
    frame = pd.DataFrame(
        {
            SERIES: np.repeat(series.index.to_numpy(dtype=str), fold.horizon),
            DS: np.tile(fold.dates.to_numpy(), len(series)),
            YHAT: (np.maximum(yhat, 0.0) if target.nonnegative else yhat).ravel(),
        }
    )
    return frame.assign(source=source)


FIRSTS = """
CREATE OR REPLACE TABLE firsts AS
SELECT f.customer_id, CAST(p.ds AS TIMESTAMP) AS since
FROM (SELECT customer_id, DATE '1970-01-01' + min(day) AS day FROM days GROUP BY ALL) f JOIN daily p USING (day)
WHERE p.ds >= TIMESTAMP {since}
"""
"""The period in which each customer was first seen; those seen before the earliest date are nobody's newcomers."""


def _sold(con: DuckDBPyConnection, target: Sales, level: Keys, keys: Keys) -> pd.DataFrame:
    """Sales by the period in which the customer was first seen (``since``), the period, and the other keys."""
    aliases = {f"d{i}": key for i, key in enumerate(keys) if key in level and key != SEGMENT}
    source = "(SELECT l.*, f.since FROM lines l JOIN firsts f USING (customer_id))"
    frame = con.execute(counted(target, [SINCE, *aliases], source)).df()
    return frame.rename(columns=aliases)


def _mean(
    sold: pd.DataFrame,
    series: pd.DataFrame,
    level: Keys,
    ends: pd.DatetimeIndex,
    origins: NDArray[np.intp],
    fold: Fold,
) -> NDArray[np.float64]:
    """Mean over the origins, shape (series, horizon): what those first seen after each bought so long after it."""
    ids = [
        series_id(level, [FUTURE if key == SEGMENT else row[key] for key in level]) for row in sold.to_dict("records")
    ]
    row = series.index.get_indexer(pd.Index(ids, dtype=object))
    since, at = (ends.get_indexer(pd.DatetimeIndex(sold[column])) for column in (SINCE, DS))
    value = sold[COUNT].to_numpy(np.int64)
    sums = np.zeros((len(series), fold.horizon), dtype=np.int64)
    for origin in origins:
        step = at - origin - fold.gap  # the period that ends on ends[origin] is the first after the origin
        newcomers = (row >= 0) & (since >= origin) & (step >= 0) & (step < fold.horizon)
        np.add.at(sums, (row[newcomers], step[newcomers]), value[newcomers])
    return sums / len(origins)


def append(forecasts: pd.DataFrame, newcomers: pd.DataFrame, fold: Fold) -> pd.DataFrame:
    """The forecasts of a method with those of future customers behind them, in the same columns."""
    if newcomers.empty:
        return forecasts
    further = newcomers.copy()
    further[CUTOFF] = fold.cutoff
    further[STEP] = fold.gap + 1 + fold.dates.get_indexer(pd.DatetimeIndex(newcomers[DS]))
    columns = [column for column in forecasts.columns if column in further]
    return pd.concat([forecasts, further[columns]], ignore_index=True)


def notes(newcomers: pd.DataFrame, target: Sales, fold: Fold) -> tuple[str, ...]:
    """What a reader has to know of a fold under frozen membership; nothing under rolling."""
    if target.membership != "frozen":
        return ()
    if (newcomers["source"] == NO_PROFILE).any():
        return BIASED, f"{fold.cutoff.date()}: the past is too short to tell of future customers, their forecast is 0"
    return (BIASED,)
