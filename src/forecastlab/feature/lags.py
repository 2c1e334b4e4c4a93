"""What sold a few periods ago, and the averages of late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import Grid

Floats = NDArray[np.float64]
_Span = Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Lags:
    """What sold one, two, … periods before, and the averages of the last few periods.

    Columns ``lag<k>``: the value k periods before; ``mean<w>``: the mean of the w periods before. NaN where the series
    had not begun.
    """

    lags: Annotated[list[_Span], Field(description="how many periods back, one column each")]
    means: Annotated[list[_Span], Field(description="averages over so many periods back, one column each")]

    def build(self, grid: Grid, at: NDArray[np.intp]) -> dict[str, Floats]:
        """Columns for the positions ``at``, each of shape (series, len(at)), from values before the position only."""
        columns = {f"lag{lag}": _back(grid.values, at, lag) for lag in self.lags}
        for span in self.means:
            columns[f"mean{span}"] = np.mean([_back(grid.values, at, lag) for lag in range(1, span + 1)], axis=0)
        return columns


def _back(values: Floats, at: NDArray[np.intp], lag: int) -> Floats:
    """The values ``lag`` periods before each position; NaN before the calendar begins."""
    from_ = at - lag
    return np.where(from_ >= 0, values[:, np.maximum(from_, 0)], np.nan)


PART = Lags
