"""The one line on which the days of all customers are laid, so that one sorted search finds a day of any of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPAN = 2**24
"""Days set apart for each customer."""

NEVER = -(2**22)
"""A day, counted from 1970, before all others."""


def place(code: NDArray[np.int64], day: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Where the days of customers lie; ``code`` numbers the customers, days count from 1970."""
    return code * SPAN + (day - NEVER)


def opening(code: NDArray[np.int64], as_of: NDArray[np.int64], window_days: int | None) -> NDArray[np.int64]:
    """The place after which the window opens that ends with ``as_of``; None: the whole past."""
    dawn = place(code, NEVER)
    return dawn if window_days is None else np.maximum(place(code, as_of) - window_days, dawn)


def reached(places: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.intp]:
    """How many of the sorted ``places`` are at or before each of ``until``."""
    return np.searchsorted(places, until, side="right")
