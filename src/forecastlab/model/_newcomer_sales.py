"""What customers who are still to come will buy: how many will come, times what such people buy at that age."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import CustomerBase, names

Floats = NDArray[np.float64]


def newcomer_sales(base: CustomerBase, ids: NDArray[np.str_], arrivals: Floats, window: int) -> Floats:
    """Expected value of newcomers in each series and period ahead, shape (series, periods).

    ``arrivals`` are the expected numbers of new customers. What somebody buys so many periods after the first purchase,
    and in which series, is the mean over those who were that old in the last ``window`` periods.
    """
    profile = _profile(base, ids, window, len(arrivals))
    sales = np.zeros((len(ids), len(arrivals)))
    for age in range(len(arrivals)):
        sales[:, age:] += np.outer(profile[:, age], arrivals[: len(arrivals) - age])
    return sales


def _profile(base: CustomerBase, ids: NDArray[np.str_], window: int, ages: int) -> Floats:
    """Value per newcomer at each age in periods, shape (series, ages); 0 where nobody has been that old."""
    profile = np.zeros((len(ids), ages))
    if base.cohorts.empty:
        return profile
    row = pd.Index(ids).get_indexer(pd.Index(base.cohorts[names.SERIES]))
    since, at = base.cohorts["since"].to_numpy(np.intp), base.cohorts["at"].to_numpy(np.intp)
    value, periods = base.cohorts["value"].to_numpy(float), len(base.arrivals)
    for age in range(ages):
        last = periods - age  # one past the last cohort that has been so old
        first = max(last - window, periods - base.lately, 0)
        people = base.arrivals[first:last].sum() if last > first else 0.0
        if people:
            these = (row >= 0) & (since >= first) & (since < last) & (at - since == age)
            profile[:, age] = np.bincount(row[these], value[these], len(ids)) / people
    return profile
