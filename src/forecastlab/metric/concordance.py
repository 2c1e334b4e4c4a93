"""Concordance index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._events import UNDEFINED, judged
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Concordance:
    """How often, of two customers, the one who came back first was foretold to (1 is perfect, 0.5 is chance).

    Harrell's index (1982) for waits that end with the horizon: pairs with the same wait are not comparable, those who
    did not come among them; equal forecasts count half. NaN where all waited alike.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: waits of customers."""
        return ("wait",)

    @property
    def target(self) -> float:
        """The best score."""
        return 1.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The share of comparable pairs in the right order, from 0 to 1."""
        if not judged(scored):
            return UNDEFINED
        told, place = np.unique(scored.yhat, return_inverse=True)
        waited, group = np.unique(scored.y, return_inverse=True)
        later = np.bincount(place, minlength=len(told)).astype(np.float64)
        right, pairs = 0.0, 0.0
        for each in range(len(waited)):  # from the shortest wait on; ``later`` are those who waited longer
            own = np.bincount(place[group == each], minlength=len(told)).astype(np.float64)
            later -= own
            above = later.sum() - np.cumsum(later)
            right += float(own @ (above + later / 2))
            pairs += float(own.sum() * later.sum())
        return right / pairs if pairs else UNDEFINED


PART = Concordance
