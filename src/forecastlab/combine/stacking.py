"""The mean of several forecasts with the weights that would have erred least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.combine._learned import By, weighted
from forecastlab.schema import Members, Past

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stacking:
    """A weighted mean with the weights that would have made the squared error least at earlier cutoffs.

    Weights are not negative and sum to 1 (Breiman 1996; Granger & Ramanathan 1984), pulled towards equal ones by
    ``ridge``: they minimise mean squared scaled error + ``ridge`` · squared distance from equal weights. Unlike
    weights by each member's own error, they take into account which members err alike.
    """

    by: Annotated[By, Field(description="whose errors count: all rows, those of the same series, segment or step")]
    ridge: Annotated[float, Field(ge=0, description="pull towards equal weights, in squared scaled errors")]
    min_rows: Annotated[int, Field(ge=1, description="fewer earlier rows teach nothing")]

    def combine(self, now: Members, past: Past) -> Floats:
        """One forecast per row of ``now``; NaN where a member has no number."""
        return weighted(now, past, self.by, self.min_rows, self._learn)

    def _learn(self, errors: Floats) -> Floats:
        """The exact minimum, by least squares without negative weights.

        Where weights sum to 1, the error of the mean is the mean of the errors, so the goal |Ew|² has degree two, and
        on any ray u = t·w the goal |Eu|² + (t - 1)² is least at |Ew|² / (1 + |Ew|²): both have the same best w.
        """
        from scipy.optimize import nnls

        size = errors.shape[1]
        goal = np.vstack([errors / np.sqrt(len(errors)), np.sqrt(self.ridge) * np.eye(size), np.ones(size)])
        found, _ = nnls(goal, np.r_[np.zeros(len(goal) - 1), 1.0])
        weights: Floats = found / found.sum()
        return weights


PART = Stacking
