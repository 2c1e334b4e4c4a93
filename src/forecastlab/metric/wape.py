"""WAPE: the headline measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import ratio, total
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Wape:
    """Money forecast wrongly, for every unit of money sold (0 is perfect; 0.2: a fifth of the money was misplaced).

    ``sum |y - yhat| / sum |y|`` over all rows, the weighted absolute percentage error (Kolassa and Schütz, 2007). Large
    series count by their money. Nothing sold and nothing foretold is 0; something foretold and nothing sold is NaN.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: series, and amounts of customers."""
        return ("series", "amount")

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The share, at least 0."""
        return ratio(total(np.abs(scored.y - scored.yhat)), total(np.abs(scored.y)))


PART = Wape
