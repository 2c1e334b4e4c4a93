"""How the sales of a segment part into its series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import CustomerBase, History, names

Floats = NDArray[np.float64]


def shares(history: History, base: CustomerBase, window: int) -> Floats:
    """Sales of each series per unit of what its segment's customers bought, in the last ``window`` periods.

    That is 1 for the only series of a segment. A series without a segment of customers is held against all sales that
    have a customer's name to them, so that it also holds its part of those that have none.
    """
    recent = np.nansum(history.grid.values[:, -window:], axis=1)
    segment = history.static[names.SEGMENT].to_numpy(dtype=str)
    level = history.static[names.LEVEL].to_numpy(dtype=str)
    told = np.isin(segment, base.segments)
    found = np.zeros(len(recent))
    known = float(base.known[-window:].sum())
    found[~told] = recent[~told] / known if known > 0 else 0.0
    for name in np.unique(segment[told]):
        rows = segment == name
        whole = rows & (level == names.SEGMENT)  # counted for itself where values do not add up
        whole = whole if whole.any() else rows
        sold = float(recent[whole].sum())
        found[rows] = recent[rows] / sold if sold > 0 else 1 / rows.sum()
    return found
