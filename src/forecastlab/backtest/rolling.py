"""Folds whose past has a fixed length: what is older than the window is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.backtest._lay import Shape, backwards
from forecastlab.schema import Frequency, Split


@dataclass(frozen=True)
class Rolling:
    """Cutoffs at even steps back from the end of the data; each fold sees a window of the same length."""

    horizon: Annotated[int, Field(ge=1, description="periods that are foretold")]
    gap: Annotated[int, Field(ge=0, description="periods between the cutoff and the first one foretold")]
    step: Annotated[int, Field(ge=1, description="periods between cutoffs")]
    select: Annotated[int, Field(ge=0, description="folds that choosing may look at")]
    test: Annotated[int, Field(ge=1, description="later folds that only confirm")]
    refit_every: Annotated[int, Field(ge=1, description="parameters are fitted anew at every so many folds")]
    window: Annotated[int, Field(ge=1, description="periods before the cutoff that a fold may learn from")]

    def split(self, ends: pd.DatetimeIndex, freq: Frequency) -> Split:
        """Folds over the period ends of the panel. Raises ConfigError when the data bears fewer folds than asked."""
        shape = Shape(self.horizon, self.gap, self.refit_every, self.window, self.window)
        return backwards(ends, freq, shape, self.step, self.select, self.test)


PART = Rolling
