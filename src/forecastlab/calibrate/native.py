"""Quantiles as the models gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.calibrate import _columns


@dataclass(frozen=True)
class Native:
    """The intervals that the method itself claims; they are as good as its assumptions.

    A method without quantiles of its own, and a series that fell back, get the naive method's past errors around the
    forecast instead, and ``q_source`` says so.
    """

    nonnegative: Annotated[bool, Field(description="whether quantiles below zero are lifted to zero")]

    @property
    def native(self) -> bool:
        """It wants the models' own quantiles."""
        return True

    def calibrate(self, past: pd.DataFrame, now: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
        """``now`` with ``q…``, ``q_source`` (``native``, ``bootstrap`` or ``none``) and ``q_n`` = 0."""
        ordered = sorted(levels)
        values, source = _columns.fallback(now, ordered)
        return _columns.placed(now, ordered, values, source, np.zeros(len(now), dtype=np.intp), self.nonnegative)


PART = Native
