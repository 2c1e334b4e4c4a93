"""sMAPE: symmetric mean absolute percentage error."""

from __future__ import annotations

from dataclasses import dataclass

from forecastlab.metric._ratio import mean
from forecastlab.metric._series import by_series
from forecastlab.metric._symmetric import symmetric
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Smape:
    """The error in percent of the middle between forecast and truth (0 is perfect, 200 the worst there is).

    ``mean 200 |y - yhat| / (|y| + |yhat|)`` of each series in its fold, then the mean over these (as in the M4
    competition). A row where nothing was sold and nothing foretold counts as 0.
    """

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The mean, from 0 to 200."""
        return mean(by_series(symmetric(scored.y, scored.yhat), scored.series))


PART = Smape
