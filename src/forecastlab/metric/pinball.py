"""Pinball loss of the quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.metric._ratio import UNDEFINED, mean
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Pinball:
    """How good the whole range of a forecast is, from its low to its high quantiles, in the unit of the sales.

    ``mean max(q (y - yhat_q), (q - 1) (y - yhat_q))`` over all rows and levels q (Koenker and Bassett, 1978; the mean
    quantile loss). NaN where one of the quantiles was not made.
    """

    levels: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=1)], ...], Field(min_length=1, description="quantile levels to average")
    ]

    def score(self, scored: Scored) -> float:
        """The mean, at least 0."""
        if any(level not in scored.quantiles for level in self.levels):
            return UNDEFINED
        errors = ((level, scored.y - scored.quantiles[level]) for level in self.levels)
        return mean(np.concatenate([np.maximum(level * error, (level - 1) * error) for level, error in errors]))


PART = Pinball
