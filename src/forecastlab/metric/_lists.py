"""What measures of lists share: the hits among the first items of each list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Scored

Floats = NDArray[np.float64]
UNDEFINED = float("nan")


@dataclass(frozen=True)
class Firsts:
    """One entry per list: hits among its first items, how many these are, the same hits of what is most popular, and
    how many items the customer bought of those that could be offered."""

    hits: Floats
    offered: Floats
    popular: Floats
    wanted: Floats


def firsts(scored: Scored, at: int) -> Firsts | None:
    """The first ``at`` items of each list; None where the rows are no lists, or a score is no number."""
    listed = scored.listed
    if listed is None or not len(scored) or not np.isfinite(scored.yhat).all():
        return None
    first = listed.rank <= at
    if not first.any():
        return None
    series = np.unique(scored.series[first], return_inverse=True)[1]
    wanted = np.zeros(int(series.max()) + 1)
    wanted[series] = listed.wanted[first]
    return Firsts(
        np.bincount(series, weights=scored.y[first]).astype(np.float64),
        np.bincount(series).astype(np.float64),
        np.bincount(series, weights=listed.popular[first]).astype(np.float64),
        wanted,
    )
