"""What is asked of the future: every series of every level, and the periods, without any truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecastlab.schema import Fold
from forecastlab.schema.names import DS, LEVEL, SEGMENT, SERIES, Y


def asked(levels: pd.DataFrame, fold: Fold) -> pd.DataFrame:
    """Rows like those of a truth, ``unique_id, ds, y, level, segment``, whose values nobody knows yet (NaN).

    ``levels`` tells of each series, indexed by ``unique_id``, its ``level`` and ``segment``. Series come in the order
    of their ids, as they do in a truth.
    """
    known = levels.sort_index()
    n, h = len(known), fold.horizon
    return pd.DataFrame(
        {
            SERIES: np.repeat(known.index.to_numpy(dtype=str), h),
            DS: np.tile(fold.dates.to_numpy(), n),
            Y: np.full(n * h, np.nan),
            LEVEL: np.repeat(known[LEVEL].to_numpy(dtype=str), h),
            SEGMENT: np.repeat(known[SEGMENT].to_numpy(dtype=str), h),
        }
    )
