"""How late it is, in years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Grid

_ORIGIN = pd.Timestamp("2000-01-01")
"""A fixed day, so that the column means the same when the history's start slides on."""


@dataclass(frozen=True)
class Trend:
    """How late it is, in years, so that a straight line through time can be found.

    Of use to linear regression; a tree cannot follow a line beyond the years it has seen.
    """

    def build(self, grid: Grid, at: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        """One column for the positions ``at``, of shape (series, len(at)): years since 2000."""
        years = np.asarray((grid.ds[at] - _ORIGIN).days, dtype=float) / 365.25
        return {"years": np.broadcast_to(years, (len(grid.ids), len(at)))}


PART = Trend
