"""The one method that erred least so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.combine._learned import By, weighted
from forecastlab.schema import Members, Past

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Best:
    """The forecast of a single member: the one with the least mean absolute error at earlier cutoffs.

    Errors are in units of the series' own scale. Where there are too few to choose by, the mean of all members stands
    in, so the first folds are not answered by lot. Members that erred alike share the choice.
    """

    by: Annotated[By, Field(description="for whom one is chosen: for all, for each series, segment, or step")]
    min_rows: Annotated[int, Field(ge=1, description="fewer earlier rows choose nothing")]

    def combine(self, now: Members, past: Past) -> Floats:
        """One forecast per row of ``now``; NaN where a member has no number."""
        return weighted(now, past, self.by, self.min_rows, _least)


def _least(errors: Floats) -> Floats:
    loss: Floats = np.abs(errors).mean(axis=0)
    best: Floats = (loss == loss.min()).astype(float)
    return np.asarray(best / best.sum())


PART = Best
