"""Forecast bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import ratio, total
from forecastlab.schema import Scored

_ROUNDING = 8 * float(np.finfo(float).eps)


@dataclass(frozen=True)
class Bias:
    """Whether forecasts are too high (above 0) or too low (below 0), as a share of the money sold.

    ``sum (yhat - y) / |sum y|`` over all rows. Where returns and sales cancel out to nothing the share is NaN, unless
    the forecasts did too.
    """

    @property
    def target(self) -> float:
        """The best score: neither too high nor too low."""
        return 0.0

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: series, and amounts of customers."""
        return ("series", "amount")

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The share, of either sign."""
        error, sold = total(scored.yhat - scored.y), abs(total(scored.y))
        gross = total(np.abs(scored.y))
        noise = _ROUNDING * len(scored)
        error = 0.0 if abs(error) <= noise * max(gross, total(np.abs(scored.yhat))) else error
        return ratio(error, 0.0 if sold <= noise * gross else sold)


PART = Bias
