"""Average precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class AveragePrecision:
    """How many of the customers with high scores have the event, averaged over all places in the list (1 is perfect).

    Precision weighted by the steps of recall, equal scores together: the area under the precision-recall curve without
    interpolation, as scikit-learn's ``average_precision_score``. By chance it is the share of events. NaN without one.
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
        """The average, from 0 to 1."""
        happened = scored.y > 0.5
        if not judged(scored) or not happened.any():
            return UNDEFINED
        order = np.argsort(-scored.yhat, kind="stable")
        ranked, hits = scored.yhat[order], np.cumsum(happened[order])
        ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
        recall = hits[ends] / happened.sum()
        return float(np.sum(np.diff(recall, prepend=0.0) * hits[ends] / (ends + 1)))


PART = AveragePrecision
