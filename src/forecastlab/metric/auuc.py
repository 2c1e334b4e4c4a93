"""Area under the uplift curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from forecastlab.metric._uplift import arms
from forecastlab.schema import Scored
from forecastlab.uplift.curves import UNDEFINED, judge


@dataclass(frozen=True)
class Auuc:
    """What is gained on average over all shares that could be approached, above chance (0), as a share of hindsight.

    Area under the uplift curve less that of chance, over that of scikit-uplift's order in hindsight
    (``uplift_auc_score``), which is no strict bound. NaN without customers who were approached and others who were held
    out.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: uplifts of customers."""
        return ("uplift",)

    @property
    def target(self) -> float:
        """The best score: the more the better."""
        return math.inf

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The share."""
        found = arms(scored)
        return UNDEFINED if found is None else judge(*found).auuc(np.ones(len(found[0])))


PART = Auuc
