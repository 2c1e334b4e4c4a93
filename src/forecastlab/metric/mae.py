"""Mean absolute error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import mean
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Mae:
    """How far off a forecast is on average, in its own unit.

    ``mean |y - yhat|`` over all rows.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: series, and amounts and waits of customers."""
        return ("series", "amount", "wait")

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean, at least 0."""
        return mean(np.abs(scored.y - scored.yhat))


PART = Mae
