"""Series by how much money they bring and how steadily: the ABC-XYZ analysis of assortments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import Fault, Grid


@dataclass(frozen=True)
class AbcXyz:
    """Series told apart by their share of the money (A, B, C) and by how steadily it comes in (X, Y, Z): AX to CZ.

    Series are ordered by their sum over the past, the largest first (equal ones by their id). A series is ``A`` while
    those before it hold less than ``a_share`` of the sum of all, ``B`` while they hold less than ``b_share``, else
    ``C``: so the largest is always A. A series that brought nothing, or less, is ``C``. The coefficient of variation
    is the standard deviation over the mean of all observed periods (population variance): up to ``x_variation`` the
    series is ``X``, up to ``y_variation`` ``Y``, else ``Z``, and so is one whose mean is not above zero. A season
    counts as variation. Periods before a series begins do not count.
    """

    a_share: Annotated[float, Field(gt=0, lt=1, description="share of the money that the A series bring")]
    b_share: Annotated[float, Field(gt=0, lt=1, description="share of the money that the A and B series bring")]
    x_variation: Annotated[float, Field(gt=0, description="coefficient of variation up to which a series is X")]
    y_variation: Annotated[float, Field(gt=0, description="coefficient of variation up to which a series is Y")]

    @property
    def segments(self) -> tuple[str, ...]:
        """The nine classes, the most valuable and steadiest first."""
        return tuple(value + steadiness for value, steadiness in product("ABC", "XYZ"))

    def mistakes(self) -> Iterator[Fault]:
        """Thresholds that are not in order."""
        for low, high in (("a_share", "b_share"), ("x_variation", "y_variation")):
            lower, upper = getattr(self, low), getattr(self, high)
            if not lower < upper:
                yield Fault("thresholds", high, f"found {upper}, it must be above {low} ({lower})", f"raise {high}")

    def classify(self, grid: Grid, season: int) -> NDArray[np.str_]:
        """The class of each series among all of the grid; the season does not matter."""
        return np.char.add(self._value(grid), self._steadiness(grid))

    def _value(self, grid: Grid) -> NDArray[np.str_]:
        sums = np.maximum(np.nansum(grid.values, axis=1), 0.0)
        order = np.lexsort((grid.ids, -sums))
        before = np.append(0.0, np.cumsum(sums[order])[:-1])
        share = np.empty(len(sums))
        share[order] = before / (sums.sum() or 1.0)
        return np.select([sums <= 0, share < self.a_share, share < self.b_share], ["C", "A", "B"], "C")

    def _steadiness(self, grid: Grid) -> NDArray[np.str_]:
        observed = ~np.isnan(grid.values)
        n = np.maximum(observed.sum(axis=1), 1)
        mean = np.nansum(grid.values, axis=1) / n
        deviation = np.sqrt(np.where(observed, (grid.values - mean[:, None]) ** 2, 0.0).sum(axis=1) / n)
        up_to = [(mean > 0) & (deviation <= limit * mean) for limit in (self.x_variation, self.y_variation)]
        return np.select(up_to, ["X", "Y"], "Z")


PART = AbcXyz
