"""MAPE: mean absolute percentage error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import mean, ratios
from forecastlab.metric._series import by_series
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Mape:
    """The error in percent of what came true, for series that are never zero (0 is perfect; too high costs more).

    ``mean 100 |y - yhat| / |y|`` of each series in its fold, then the mean over these (as in the tourism competition:
    Athanasopoulos, Hyndman, Song and Wu, 2011). Nothing sold and nothing foretold is 0; a row where something was
    foretold and nothing sold makes the whole score undefined: take wape or mase for such series.
    """

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean in percent, at least 0; NaN where a row is undefined."""
        with np.errstate(over="ignore"):
            percent = 100 * ratios(np.abs(scored.y - scored.yhat), np.abs(scored.y))
        return mean(by_series(percent, scored.series))


PART = Mape
