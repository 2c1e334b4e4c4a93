"""Width of a prediction interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._interval import ends, interval
from forecastlab.metric._ratio import ratio, total
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Width:
    """How wide the forecast interval is, as a share of the money sold (narrow is good if the coverage is right).

    ``sum (q_high - q_low) / sum |y|`` over all rows, for the central interval of the given ``level``. NaN where the
    quantiles were not made.
    """

    level: Annotated[float, Field(gt=0, lt=1, description="share of the truth that should fall inside")]

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: the ends of the interval."""
        return ends(self.level)

    def score(self, scored: Scored) -> float:
        """The share, at least 0."""
        low, high = interval(scored, self.level)
        return ratio(total(high - low), total(np.abs(scored.y)))


PART = Width
