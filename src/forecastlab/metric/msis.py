"""MSIS: mean scaled interval score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._interval import ends, interval
from forecastlab.metric._series import scaled_mean
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Msis:
    """One number for the quality of an interval: its width, plus a fine for every truth that lies outside (0 is best).

    ``mean (q_high - q_low) + 2/a · (how far y lies outside)`` with ``a = 1 - level``, in units of ``mae_scale`` of each
    series in its fold, then the mean over these (Gneiting and Raftery, 2007; scaled as in the M4 competition). Which
    series take part is as for MASE. NaN where the quantiles were not made.
    """

    level: Annotated[float, Field(gt=0, lt=1, description="share of the truth that should fall inside")]

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: the ends of the interval."""
        return ends(self.level)

    def score(self, scored: Scored) -> float:
        """The mean, at least 0."""
        low, high = interval(scored, self.level)
        outside = np.maximum(low - scored.y, 0) + np.maximum(scored.y - high, 0)
        return scaled_mean(high - low + 2 / (1 - self.level) * outside, scored.mae_scale, scored)


PART = Msis
