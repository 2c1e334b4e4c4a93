"""The mean of several forecasts, those that erred less counting more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.combine._learned import By, weighted
from forecastlab.schema import Members, Past

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class InverseLoss:
    """A weighted mean: a member with half the error of another at earlier cutoffs counts twice as much.

    Weights are proportional to 1 / loss (Bates & Granger 1969; Stock & Watson 2004), the loss being the mean scaled
    error of a member, absolute or squared. Members that never erred share all the weight.
    """

    loss: Annotated[Literal["absolute", "squared"], Field(description="which errors are averaged; squared tells more")]
    by: Annotated[By, Field(description="whose errors count: all rows, those of the same series, segment or step")]
    shrink: Annotated[float, Field(ge=0, le=1, description="pull towards equal weights: 0 none, 1 all the way")]
    min_rows: Annotated[int, Field(ge=1, description="fewer earlier rows teach nothing")]

    def combine(self, now: Members, past: Past) -> Floats:
        """One forecast per row of ``now``; NaN where a member has no number."""
        return weighted(now, past, self.by, self.min_rows, self._learn)

    def _learn(self, errors: Floats) -> Floats:
        loss: Floats = np.mean(np.abs(errors) if self.loss == "absolute" else errors**2, axis=0)
        perfect = loss == 0
        worth: Floats = perfect.astype(float) if perfect.any() else loss.min() / loss
        weights: Floats = (1 - self.shrink) * worth / worth.sum() + self.shrink / len(loss)
        return weights


PART = InverseLoss
