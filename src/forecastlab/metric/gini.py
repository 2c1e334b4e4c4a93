"""Gini coefficient of a ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Gini:
    """How well customers are ordered by what they bring (1: as in hindsight, 0: by chance, below: worse than that).

    Gini coefficient of the money over customers in the order of their scores, over that in the order of the money
    itself (normalised Gini); equal scores share their ranks, money below zero counts as none. NaN where all brought the
    same.
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
        """The ratio, at most 1."""
        from scipy.stats import rankdata

        if not judged(scored) or not np.isfinite(money := np.maximum(scored.y, 0.0)).all():
            return UNDEFINED
        unit = float(money.max(initial=0.0)) or 1.0
        even = (len(money) + 1) / 2
        found = float(np.sum(money / unit * (rankdata(scored.yhat) - even)))
        best = float(np.sum(money / unit * (rankdata(scored.y) - even)))
        return found / best if best > 0 else UNDEFINED


PART = Gini
