"""Which period each day belongs to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Frequency


def positions(days: pd.DatetimeIndex, freq: Frequency, ends: pd.DatetimeIndex) -> NDArray[np.intp]:
    """The position in ``ends`` of the period that each day falls into; -1 where that is none of them.

    Of periods shorter than a day the moments decide.
    """
    if freq.of_clock:
        return np.asarray(ends.get_indexer(days.floor(freq.offset)), dtype=np.intp)
    at = ends.searchsorted(days.to_numpy())
    outside = (at == len(ends)) | np.asarray(days < freq.start(ends[0]))
    return np.where(outside, -1, at).astype(np.intp)


def days_of(freq: Frequency, ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Every day of the periods that end on ``ends``."""
    return pd.date_range(freq.start(ends[0]).normalize(), ends[-1], freq="D")


def marked(
    marks: NDArray[np.bool_], days: pd.DatetimeIndex, freq: Frequency, ends: pd.DatetimeIndex
) -> NDArray[np.float64]:
    """How many days of each period are marked; of a period shorter than a day, whether its day is."""
    if freq.of_clock:
        return marks[days.get_indexer(ends.normalize())].astype(np.float64)
    return np.asarray(np.bincount(positions(days, freq, ends), marks, len(ends)), dtype=np.float64)
