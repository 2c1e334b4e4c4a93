"""MASE: mean absolute scaled error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._series import scaled_mean
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Mase:
    """The average error in units of what the seasonal naive forecast erred in the past (below 1: better than that).

    ``mean |y - yhat| / mae_scale`` of each series in its fold, then the mean over these (Hyndman and Koehler, 2006;
    as in the M4 competition). Small series count as much as large ones. A series whose past is too short for a scale
    takes no part; nor does one whose past never changed, unless the forecast is exact, which scores 0.
    """

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean, at least 0; NaN when no series has a scale."""
        return scaled_mean(np.abs(scored.y - scored.yhat), scored.mae_scale, scored)


PART = Mase
