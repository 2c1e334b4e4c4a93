"""No quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from forecastlab.calibrate._columns import without_quantiles


@dataclass(frozen=True)
class Uncalibrated:
    """Point forecasts only, without intervals."""

    @property
    def native(self) -> bool:
        """It wants no quantiles of the models."""
        return False

    def calibrate(self, past: pd.DataFrame, now: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
        """``now`` without any ``q…`` of the model, with ``q_source`` = ``none`` and ``q_n`` = 0."""
        return without_quantiles(now).assign(q_source="none", q_n=0)


PART = Uncalibrated
