"""The symmetric percentage error of single rows."""

from __future__ import annotations

import numpy as np

from forecastlab.metric._ratio import Floats, ratios


def symmetric(y: Floats, yhat: Floats) -> Floats:
    """``200 |y - yhat| / (|y| + |yhat|)``, from 0 to 200; 0 where both are nothing."""
    with np.errstate(over="ignore"):
        return 200 * ratios(np.abs(y - yhat), np.abs(y) + np.abs(yhat))
