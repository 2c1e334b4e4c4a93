"""A time axis: few labels, at the starts of years, months or days, the year only where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_DAYS = (1, 2, 7, 14)
_PERIODS = (
    (0.03, "half hour"),
    (0.9, "hour"),
    (1.5, "day"),
    (8, "week"),
    (32, "month"),
    (93, "quarter"),
    (367, "year"),
)


def days(ds: pd.Series | pd.DatetimeIndex) -> NDArray[np.float64]:
    """Dates as days since 1970, the way matplotlib counts them."""
    return np.asarray(pd.DatetimeIndex(ds).to_numpy().astype("datetime64[s]").astype(float) / 86_400)


def period(ds: pd.Series | pd.DatetimeIndex) -> str:
    """How long a period is, in a word, from the distances of the dates; ``period`` if it cannot be told."""
    at = np.unique(days(ds))
    step = float(np.median(np.diff(at))) if len(at) > 1 else np.inf
    return next((word for longest, word in _PERIODS if step <= longest), "period")


def time_axis(axes: Axes, low: float, high: float, most: int) -> None:
    """Limit the axis to low … high (days since 1970) with at most about ``most`` labelled dates."""
    pad = max(0.01 * (high - low), 0.5)
    axes.set_xlim(low - pad, high + pad)
    ticks = _ticks(low - pad, high + pad, most)
    axes.set_xticks(list(days(ticks)), _labels(ticks))


def _ticks(low: float, high: float, most: int) -> pd.DatetimeIndex:
    first, last = (pd.Timestamp("1970-01-01") + pd.Timedelta(days=day) for day in (low, high))
    for step in _DAYS if high - low < 60 else ():
        found = pd.date_range(first.ceil("D"), last, freq=f"{step}D")
        if len(found) <= most:
            return found
    months = (first.year * 12 + first.month, last.year * 12 + last.month - 1)
    for step in _MONTHS:
        wanted = [month for month in range(months[0], months[1] + 1) if month % step == 0]
        if len(wanted) <= most:
            break
    return pd.DatetimeIndex([pd.Timestamp(month // 12, month % 12 + 1, 1) for month in wanted])


def _labels(ticks: pd.DatetimeIndex) -> list[str]:
    found, year = [], None
    by_day = len(ticks) > 1 and (ticks[1] - ticks[0]).days < 28
    for tick in ticks:
        word = f"{tick.day} {tick:%b}" if by_day else f"{tick:%b}"
        found.append(word if tick.year == year else f"{word}\n{tick.year}")
        year = tick.year
    every_january = len(ticks) > 0 and all(tick.month == 1 and tick.day == 1 for tick in ticks)
    return [f"{tick.year}" for tick in ticks] if every_january and not by_day else found
