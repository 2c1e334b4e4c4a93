"""Ridge regression on plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinearRule:
    """Value = intercept + weights · columns; a missing column counts with its mean over the rows learned from."""

    intercept: float
    weights: Floats
    means: Floats

    def predict(self, x: Floats) -> Floats:
        """The value of each row of ``x``."""
        y: Floats = self.intercept + np.where(np.isnan(x), 0.0, x - self.means) @ self.weights
        return y

    def state(self) -> dict[str, Any]:
        """Its three numbers and arrays."""
        return {"intercept": self.intercept, "weights": self.weights, "means": self.means}


def learn_linear(x: Floats, y: Floats, ridge: float) -> LinearRule:
    """Weights of the standardised columns that make squared error + ``ridge`` · squared weights least.

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
    # a column that does not vary explains nothing, and dividing by rounding noise would make it explain everything
    steady = spread <= 1e-10 * np.maximum(np.abs(means), 1)
    unit = np.where(steady, 0.0, centred / np.where(steady, 1.0, spread))
    intercept = float(y.mean())
    penalty = np.sqrt(ridge) * np.eye(x.shape[1])
    weights = np.linalg.lstsq(np.vstack([unit, penalty]), np.r_[y - intercept, np.zeros(x.shape[1])])[0]
    return LinearRule(intercept, weights / np.where(steady, 1.0, spread), means)
