"""Area under the ROC curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Auc:
    """How often a customer with the event has the higher score than one without (1 is perfect, 0.5 is chance).

    Area under the ROC curve as the Mann-Whitney statistic (Hanley and McNeil 1982); equal scores count half. NaN where
    all rows had the same outcome.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: events of customers."""
        return ("event",)

    @property
    def target(self) -> float:
        """The best score."""
        return 1.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The area, from 0 to 1."""
        from scipy.stats import rankdata

        happened = scored.y > 0.5
        n, rest = int(happened.sum()), int((~happened).sum())
        if not judged(scored) or not n or not rest:
            return UNDEFINED
        ranks = rankdata(scored.yhat)
        return float((np.sum(ranks[happened]) - n * (n + 1) / 2) / (n * rest))


PART = Auc
