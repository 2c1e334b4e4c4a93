"""What is done to the past of a ready-made panel before a method sees it: holes filled, outliers drawn in, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from forecastlab.model._seasons import unseasoned
from forecastlab.schema import Grid

Floats = NDArray[np.float64]

NEIGHBOURS = 7
"""Periods before and after a value that it is held against."""

FAR = 5.0
"""So many robust standard deviations from its neighbours' median, and a value is drawn in to there."""

ROBUST = 1.4826
"""From the median absolute deviation to the standard deviation of a normal variable."""


def interpolated(grid: Grid) -> tuple[Grid, int]:
    """Holes inside series filled along the line between both sides, and how many; ends stay as they are."""
    values, count = grid.values.copy(), 0
    for row in values:
        known = np.flatnonzero(~np.isnan(row))
        if len(known) < 2:
            continue
        inside = np.arange(known[0], known[-1] + 1)
        count += len(inside) - len(known)
        row[inside] = np.interp(inside, known, row[known])
    return replace(grid, values=values), count


def clipped(grid: Grid, seasons: Sequence[int]) -> tuple[Grid, int]:
    """Values far from what their neighbours and their season say drawn in to the bound, and how many.

    A Hampel filter (Davies & Gather 1993) on each series without its seasons, with one spread for the whole series;
    seasons are estimated once more after the first round, so that an outlier does not look like one. A series most of
    which stands still has no spread by which to judge, and stays as it is.
    """
    values, count = grid.values.copy(), 0
    asked = [season for season in seasons if season > 1]
    for row in values:
        first = int(np.isnan(row).sum())
        y = row[first:]
        if len(y) > 2 * NEIGHBOURS and np.median(np.abs(y - _medians(y))) > 0:
            once, _ = _drawn(y, y, asked)
            row[first:], changed = _drawn(y, once, asked)
            count += changed
    return replace(grid, values=values), count


def _drawn(y: Floats, like: Floats, seasons: Sequence[int]) -> tuple[Floats, int]:
    """``y`` drawn in where it is far, with the seasons of ``like``, and how many values that are."""
    apart = unseasoned(like, seasons)
    season = like / apart.rest if apart.log else like - apart.rest
    rest = y / season if apart.log else y - season
    middle = _medians(rest)
    far = FAR * ROBUST * float(np.median(np.abs(rest - middle)))
    drawn = np.clip(rest, middle - far, middle + far) if far > 0 else rest
    changed = drawn != rest
    return np.where(changed, drawn * season if apart.log else drawn + season, y), int(changed.sum())


def _medians(rest: Floats) -> Floats:
    """The median of each value's neighbourhood, itself included; at the ends of what there is of it."""
    width = 2 * NEIGHBOURS + 1
    padded = np.r_[np.full(NEIGHBOURS, np.nan), rest, np.full(NEIGHBOURS, np.nan)]
    return np.asarray(np.nanmedian(sliding_window_view(padded, width), axis=1))
