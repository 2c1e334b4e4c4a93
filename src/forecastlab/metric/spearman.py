"""Rank correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Spearman:
    """Whether customers are in the right order: correlation of the ranks of scores and money (1 is perfect, 0 chance).

    Spearman's rho with mean ranks for equal values. NaN where all scores or all money are the same.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: amounts of customers."""
        return ("amount",)

    @property
    def target(self) -> float:
        """The best score."""
        return 1.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The correlation, from -1 to 1."""
        from scipy.stats import rankdata

        if not judged(scored):
            return UNDEFINED
        told, came = rankdata(scored.yhat), rankdata(scored.y)
        told, came = told - told.mean(), came - came.mean()
        size = float(np.sqrt(np.sum(told**2) * np.sum(came**2)))
        return min(1.0, float(np.sum(told * came)) / size) if size > 0 else UNDEFINED


PART = Spearman
