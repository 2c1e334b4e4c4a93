"""What a fitted model says of its columns, as the table that ``Explained`` promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Effect:
    """What one more unit of a column adds to one series, with half the width of its 95 % interval.

    ``x`` and ``y`` are the means of the column and of the series; ``x`` is NaN where an elasticity has no meaning.
    """

    unique_id: str
    driver: str
    coefficient: float
    margin: float
    x: float
    y: float


def table(effects: Sequence[Effect]) -> pd.DataFrame:
    """One row per effect; elasticities are NaN where a mean is zero. An empty frame where there is no effect."""
    if not effects:
        return pd.DataFrame()
    frame = pd.DataFrame([asdict(effect) for effect in effects])
    ratio = np.where((frame["x"] == 0) | (frame["y"] == 0), np.nan, frame["x"] / frame["y"].replace(0.0, np.nan))
    low, high = frame["coefficient"] - frame["margin"], frame["coefficient"] + frame["margin"]
    ends = np.sort(np.column_stack([low * ratio, high * ratio]), axis=1)
    told = frame[["unique_id", "driver", "coefficient"]].assign(low=low, high=high)
    return told.assign(elasticity=frame["coefficient"] * ratio, elasticity_low=ends[:, 0], elasticity_high=ends[:, 1])
