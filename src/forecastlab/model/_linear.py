"""Straight-line rules on plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinearRule:
    """Value = intercept + weights · columns; a missing column counts with its mean over the rows learned from.

    ``margins`` are half the widths of the 95 % confidence intervals of the weights, NaN where there are none.
    """

    intercept: float
    weights: Floats
    means: Floats
    margins: Floats

    def predict(self, x: Floats) -> Floats:
        """The value of each row of ``x``."""
        y: Floats = self.intercept + np.where(np.isnan(x), 0.0, x - self.means) @ self.weights
        return y

    def state(self) -> dict[str, Any]:
        """Its number and arrays."""
        return {"intercept": self.intercept, "weights": self.weights, "means": self.means, "margins": self.margins}


@dataclass(frozen=True)
class Standard:
    """Rows without holes, every column with mean 0 and spread 1; ``means`` and ``spread`` (rows,) lead back.

    A column that does not vary is 0 throughout, with spread 1: dividing by rounding noise would make it explain
    everything.
    """

    x: Floats
    y: Floats
    means: Floats
    spread: Floats

    def of(self, x: Floats) -> Floats:
        """Other rows in the same units; what is missing counts with the mean."""
        found: Floats = np.where(np.isnan(x), 0.0, x - self.means) / self.spread
        return found


def standardise(x: Floats, y: Floats) -> Standard:
    """Rows made ready for methods that neither stand NaN nor columns of different sizes.

    ``x`` has shape (rows, columns) and at least one row. Rows with NaN are left out unless there are no others; then
    what is missing counts with its column's mean.
    """
    whole = ~np.isnan(x).any(axis=1)
    if whole.any():
        x, y = x[whole], y[whole]
    known = ~np.isnan(x)
    means = np.where(known, x, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, x - means, 0.0)
    spread = np.sqrt((centred**2).mean(axis=0))
    steady = spread <= 1e-10 * np.maximum(np.abs(means), 1)
    spread = np.where(steady, 1.0, spread)
    return Standard(np.where(steady, 0.0, centred / spread), y, means, spread)


def learn_linear(x: Floats, y: Floats, ridge: float) -> LinearRule:
    """Weights of the standardised columns that make squared error + ``ridge`` · squared weights least.

    The intervals are those of least squares where ``ridge`` is 0, else of the sandwich covariance of the ridge
    estimator (Hoerl & Kennard 1970), which tells how far chance moves the weights but not how far the pull to zero
    does. Both take the rows for independent of each other, which rows of one series hardly are.
    """
    rows = standardise(x, y)
    intercept = float(rows.y.mean())
    penalty = np.sqrt(ridge) * np.eye(x.shape[1])
    away = rows.y - intercept
    weights = np.linalg.lstsq(np.vstack([rows.x, penalty]), np.r_[away, np.zeros(x.shape[1])])[0]
    margins = _margins(rows.x, away, ridge)
    return LinearRule(intercept, weights / rows.spread, rows.means, margins / rows.spread)


def _margins(x: Floats, y: Floats, ridge: float) -> Floats:
    """Half the widths of the 95 % intervals of the weights; NaN for idle columns and where no row is left over."""
    from scipy.special import stdtrit

    # the noise is what least squares leaves: ridge leaves some of the rule too
    free, _, rank, _ = np.linalg.lstsq(x, y)
    errors, spare = y - x @ free, len(x) - 1 - rank
    if spare < 1:
        return np.full(x.shape[1], np.nan)
    gram = x.T @ x
    inverse = np.linalg.pinv(gram + ridge * np.eye(len(gram)), hermitian=True)
    variance = float(errors @ errors) / spare
    spread = np.sqrt(np.maximum(variance * np.diag(inverse @ gram @ inverse), 0.0))
    return np.where(np.diag(gram) > 0, stdtrit(spare, 0.975) * spread, np.nan)
