"""Uplift at the top of the list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.metric._uplift import arms
from forecastlab.schema import Scored
from forecastlab.uplift.curves import UNDEFINED, effect, top


@dataclass(frozen=True)
class UpliftAt:
    """How many more of the customers at the top of the list react because they were approached.

    Share of reactions among the ``share`` of those approached with the highest scores, less that among the same share
    of those held out (``uplift_at_k`` of scikit-uplift, by group). Of customers with equal scores at the border a
    fitting fraction counts. NaN without both.
    """

    share: Annotated[float, Field(gt=0, lt=1, description="share of the customers, those with the highest scores")]

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
        """The difference of two shares, from -1 to 1."""
        found = arms(scored)
        if found is None:
            return UNDEFINED
        y, treated, yhat = found
        return effect(y, treated, top(yhat, treated, self.share))


PART = UpliftAt
