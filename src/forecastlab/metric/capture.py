"""Money captured by the top of the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._events import UNDEFINED, judged, top
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Capture:
    """How much of the money that the best customers bring is held by those who were foretold best (1 is perfect).

    Money of the ``share`` of customers with the highest scores, over that of the same share in hindsight; of customers
    with equal scores at the border a fitting fraction counts, money below zero counts as none. NaN without money.
    """

    share: Annotated[float, Field(gt=0, lt=1, description="share of the customers, those with the highest scores")]

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
        """The ratio, from 0 to 1."""
        if not judged(scored):
            return UNDEFINED
        money = np.maximum(scored.y, 0.0)
        unit = float(money.max(initial=0.0)) or 1.0
        money = money / unit
        found, _ = top(replace(scored, y=money), self.share)
        best, _ = top(replace(scored, y=money, yhat=money), self.share)
        return float(found / best) if best > 0 else UNDEFINED


PART = Capture
