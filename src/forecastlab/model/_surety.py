"""How sure the coefficients of drivers in an ARIMA model are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NORMAL = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


def margins(learned: dict[str, Any], x: Floats) -> Floats:
    """Half the widths of the 95 % intervals of the coefficients of ``x`` (periods, columns).

    Generalised least squares, given order and ARMA coefficients of the errors: the columns are freed of what the
    errors owe to their past, as the errors are, and then it is ordinary least squares (Hamilton 1994, 8.3). ``learned``
    is statsforecast's dictionary; its own ``var_coef`` is what the optimiser had gathered on its way when it stopped,
    and was found to be up to 2.5 times off.
    """
    from scipy.signal import lfilter

    p, q, sp, sq, m, d, sd = learned["arma"]
    coef = learned["coef"]
    past = np.polymul(_lags(coef, "ar", p, 1, -1), _lags(coef, "sar", sp, m, -1))
    for gap in [1] * d + [m] * sd:
        past = np.polymul(past, np.r_[1.0, np.zeros(gap - 1), -1.0])
    surprises = np.polymul(_lags(coef, "ma", q, 1, 1), _lags(coef, "sma", sq, m, 1))
    steady = {"intercept": np.ones(len(x)), "drift": np.arange(1.0, len(x) + 1)}
    beside = [column for name, column in steady.items() if name in coef]
    free = lfilter(past, surprises, np.column_stack([x, *beside]), axis=0)[len(past) - 1 :]
    covariance = float(learned["sigma2"]) * np.linalg.pinv(free.T @ free, hermitian=True)
    found: Floats = NORMAL * np.sqrt(np.maximum(np.diag(covariance), 0.0))[: x.shape[1]]
    return found


def _lags(coef: dict[str, float], name: str, terms: int, gap: int, sign: int) -> Floats:
    """The polynomial 1 ± c1 · B^gap ± c2 · B^2gap …, its first coefficient first."""
    found = np.zeros(1 + terms * gap)
    found[0] = 1.0
    for k in range(1, terms + 1):
        found[k * gap] = sign * coef.get(f"{name}{k}", 0.0)
    return found
