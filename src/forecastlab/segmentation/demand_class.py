"""Kinds of demand: how often something is sold, and how evenly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import Grid

SMOOTH, ERRATIC, INTERMITTENT, LUMPY, NONE = "smooth", "erratic", "intermittent", "lumpy", "none"


@dataclass(frozen=True)
class DemandClass:
    """Series told apart by how often they sell and how evenly: smooth, erratic, intermittent, lumpy.

    ``ADI``, the average demand interval, is the number of observed periods over the number of those with demand;
    ``CV²`` is the squared coefficient of variation of the demand in the latter (population variance). Often and evenly
    is ``smooth``, often and unevenly ``erratic``, seldom and evenly ``intermittent``, seldom and unevenly ``lumpy``;
    a value on a threshold counts as often, or evenly. A series that never sold is ``none``. Periods before a series
    begins do not count. Syntetos, Boylan and Croston 2005, On the categorization of demand patterns, with their
    thresholds of 1.32 and 0.49.
    """

    adi: Annotated[float, Field(ge=1, description="average demand interval above which demand is rare")]
    cv2: Annotated[float, Field(gt=0, description="squared coefficient of variation above which demand is uneven")]

    @property
    def segments(self) -> tuple[str, ...]:
        """The four kinds of demand, and ``none``."""
        return (SMOOTH, ERRATIC, INTERMITTENT, LUMPY, NONE)

    def classify(self, grid: Grid, season: int) -> NDArray[np.str_]:
        """The kind of demand of each series; the season does not matter."""
        values = grid.values
        sold = np.nan_to_num(values) != 0
        n = sold.sum(axis=1)
        each = np.maximum(n, 1)
        mean = np.where(sold, values, 0.0).sum(axis=1) / each
        variance = np.where(sold, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / each
        rare = (~np.isnan(values)).sum(axis=1) > self.adi * each
        # Sales that returns cancel out have no mean to vary around: infinitely uneven.
        uneven = variance > self.cv2 * mean**2
        holds = [n == 0, rare & uneven, rare, uneven]
        return np.select(holds, [NONE, LUMPY, INTERMITTENT, ERRATIC], default=SMOOTH)


PART = DemandClass
