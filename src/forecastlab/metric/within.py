"""Share of the money that was foretold well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._ratio import UNDEFINED, ratio, total
from forecastlab.schema import Scored

_ROUNDING = 8 * float(np.finfo(float).eps)


@dataclass(frozen=True)
class Within:
    """The share of the money in series and periods whose forecast was close enough (1 is perfect).

    ``sum |y| of the rows with |y - yhat| ≤ tolerance · |y|``, over ``sum |y|``. Where nothing was sold the share is 1
    if nothing was foretold, else NaN.
    """

    tolerance: Annotated[float, Field(ge=0, description="how far off still counts, as a share of the truth")]

    @property
    def target(self) -> float:
        """The best score: all of the money."""
        return 1.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The share, from 0 to 1."""
        sold, error = np.abs(scored.y), np.abs(scored.y - scored.yhat)
        missed = error > self.tolerance * sold * (1 + _ROUNDING)
        if np.isnan(error).any() or (missed.any() and not sold.any()):
            return UNDEFINED
        return 1 - ratio(total(np.where(missed, sold, 0.0)), total(sold))


PART = Within
