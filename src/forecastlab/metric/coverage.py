"""Coverage of a prediction interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._interval import ends, interval
from forecastlab.metric._ratio import UNDEFINED
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Coverage:
    """How often the truth fell inside the forecast interval (an 80 % interval should hold 80 % of it).

    The share of rows with ``q_low ≤ y ≤ q_high``, for the central interval of the given ``level``. NaN where the
    quantiles were not made.
    """

    level: Annotated[float, Field(gt=0, lt=1, description="share of the truth that should fall inside")]

    @property
    def target(self) -> float:
        """The best score: as often as was promised."""
        return self.level

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: the ends of the interval."""
        return ends(self.level)

    def score(self, scored: Scored) -> float:
        """The share, from 0 to 1."""
        low, high = interval(scored, self.level)
        if not len(scored) or np.isnan(low).any() or np.isnan(high).any():
            return UNDEFINED
        return float(np.mean((low <= scored.y) & (scored.y <= high)))


PART = Coverage
