"""Forecasts beside the truth, as arrays, for metrics to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Listed:
    """What is known of rows that are items on lists, one list per series; all arrays have one entry per row.

    ``rank`` is the place on the list, from 1. ``wanted`` is how many of the items that could have been offered the
    customer bought, the same for all rows of a list. ``popular`` is 1 where what the most popular items have at that
    place was bought.
    """

    rank: NDArray[np.intp]
    wanted: Floats
    popular: Floats

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Listed:
        """Some of the rows."""
        return Listed(self.rank[rows], self.wanted[rows], self.popular[rows])


@dataclass(frozen=True)
class Scored:
    """Rows of forecasts with what came true; all arrays have one entry per row (series × fold × asked period).

    ``series`` numbers the series (equal number, same series in the same fold). ``mae_scale`` and ``mse_scale`` are the
    in-sample mean absolute and mean squared error of the seasonal naive forecast in the fold's past. ``naive2`` is the
    forecast of Naive2, the benchmark of OWA. ``quantiles`` maps a level to its forecasts. ``treated``, of
    customers in a campaign, says who was approached (1), who was held out (0) and who was neither (NaN). ``listed`` is
    there where the rows are items on lists, of which ``y`` says whether they were bought.
    """

    y: Floats
    yhat: Floats
    series: NDArray[np.intp]
    mae_scale: Floats
    mse_scale: Floats
    naive2: Floats
    quantiles: Mapping[float, Floats]
    treated: Floats | None = None
    listed: Listed | None = None

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Scored:
        """Some of the rows."""
        return Scored(
            self.y[rows],
            self.yhat[rows],
            self.series[rows],
            self.mae_scale[rows],
            self.mse_scale[rows],
            self.naive2[rows],
            {level: values[rows] for level, values in self.quantiles.items()},
            None if self.treated is None else self.treated[rows],
            self.listed.take(rows) if self.listed is not None else None,
        )
