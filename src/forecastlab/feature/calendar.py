"""The time of the year, and of the week where periods are days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import Grid

Floats = NDArray[np.float64]
_YEAR = 365.25


@dataclass(frozen=True)
class Calendar:
    """The time of the year as smooth waves, and the day of the week where periods are days.

    Sine and cosine pairs (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 7.4) of the day in the year
    on which a period ends. Yearly periods have no time of the year and get no columns; nor do series that span less
    than a year, in which no rule could tell a season from a trend.
    """

    year: Annotated[int, Field(ge=0, le=26, description="pairs of waves over the year: 1 one high and one low season")]
    week: Annotated[int, Field(ge=0, le=3, description="pairs of waves over the week, for daily periods only")]

    def build(self, grid: Grid, at: NDArray[np.intp]) -> dict[str, Floats]:
        """Columns for the positions ``at``, each of shape (series, len(at)), from the dates alone."""
        days = pd.DatetimeIndex(grid.ds[at])
        step = (grid.ds[1] - grid.ds[0]).days if len(grid.ds) > 1 else 0
        year = np.asarray(days.dayofyear, dtype=float) / _YEAR
        week = np.asarray(days.dayofweek, dtype=float) / 7
        whole = (grid.ds[-1] - grid.ds[0]).days + step >= _YEAR - 4  # a February at the start makes a short step
        columns = _waves("year", year, self.year if whole and step < _YEAR - 1 else 0)
        columns |= _waves("week", week, self.week if step == 1 else 0)
        return {name: np.broadcast_to(wave, (len(grid.ids), len(at))) for name, wave in columns.items()}


def _waves(name: str, turn: Floats, pairs: int) -> dict[str, Floats]:
    angles = {k: 2 * np.pi * k * turn for k in range(1, pairs + 1)}
    return {f"{name}_sin{k}": np.sin(a) for k, a in angles.items()} | {
        f"{name}_cos{k}": np.cos(a) for k, a in angles.items()
    }


PART = Calendar
