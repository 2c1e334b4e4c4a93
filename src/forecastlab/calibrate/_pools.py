"""Quantiles of groups of errors, as split-conformal prediction takes them from a finite sample."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


def needed(levels: Sequence[float]) -> int:
    """How many errors the most extreme level asks for: the k-th smallest of n must exist, so n ≥ 1/tail - 1."""
    tail = min(min(level, 1 - level) for level in levels)
    return math.ceil(round(1 / tail, 6)) - 1


def sample_quantiles(ordered: Floats, start: Codes, count: Codes, levels: Sequence[float]) -> Floats:
    """The quantiles of groups that lie one after the other, each in rising order; shape (groups, levels).

    Above the middle it is the ``ceil((n + 1) q)``-th smallest error, below the middle its mirror image, the
    ``floor((n + 1) q)``-th, so that an interval from q to 1 - q holds at least the promised share of exchangeable
    errors (Vovk; Lei et al., 2018). The middle itself is the median.
    """
    rank = np.round(np.multiply.outer(count + 1, np.asarray(levels)), 6)
    low, high = np.floor(rank), np.ceil(rank)
    above, below = np.asarray(levels) > 0.5, np.asarray(levels) < 0.5
    low, high = np.where(above, high, low), np.where(below, low, high)
    last = count[:, None]
    low = np.clip(low, 1, last).astype(np.intp) - 1
    high = np.clip(high, 1, last).astype(np.intp) - 1
    return np.asarray((ordered[start[:, None] + low] + ordered[start[:, None] + high]) / 2)


def pooled(value: Floats, group: Codes, n_groups: int, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """Quantiles of each group with at least ``need`` errors (else NaN), and every group's number of errors."""
    count = np.bincount(group, minlength=n_groups).astype(np.intp)
    result = np.full((n_groups, len(levels)), np.nan)
    rich = np.flatnonzero(count >= need)
    if not len(rich):
        return result, count
    rows = np.flatnonzero((count >= need)[group])
    rows = rows[np.lexsort((value[rows], group[rows]))]
    start = np.cumsum(count[rich]) - count[rich]
    result[rich] = sample_quantiles(value[rows], start, count[rich], levels)
    return result, count


def widened(value: Floats, step: Codes, asked: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """For each asked step the quantiles of the errors of the fewest neighbouring steps that are enough (else NaN)."""
    result, count = np.full((len(asked), len(levels)), np.nan), np.zeros(len(asked), dtype=np.intp)
    for i, centre in enumerate(asked):
        distance = np.sort(np.abs(step - centre))
        if len(distance) < need:
            continue
        rows = np.abs(step - centre) <= distance[need - 1]
        group = np.zeros(int(rows.sum()), dtype=np.intp)
        found, counted = pooled(value[rows], group, 1, levels, need)
        result[i], count[i] = found[0], counted[0]
    return result, count
