"""What measures of events share: rows that can be judged, and customers in the order of their scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Scored

Floats = NDArray[np.float64]
UNDEFINED = float("nan")


def judged(scored: Scored) -> bool:
    """Whether there are rows, all with a finite score."""
    return bool(len(scored)) and bool(np.isfinite(scored.y).all() and np.isfinite(scored.yhat).all())


def top(scored: Scored, share: float) -> Floats:
    """What happened among the share with the highest scores: (sum of y, how many).

    Of customers with the same score as the last of them, a fitting fraction counts, so that the order of rows does not.
    """
    wanted = max(1, round(share * len(scored)))
    border = -np.partition(-scored.yhat, wanted - 1)[wanted - 1]
    above, equal = scored.yhat > border, scored.yhat == border
    taken = scored.y[above].sum() + scored.y[equal].mean() * (wanted - above.sum())
    return np.array([taken, float(wanted)])
