"""Series made alike, and cut into windows: what was seen up to a period, and what came after it.

A series without its season, in logarithms, seen from its last value in units of how much it usually moves, looks like
any other, so that one model can learn from all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from forecastlab.model._decompose import deseasonalise

Floats = NDArray[np.float64]

EARLIEST = 4
"""Fewer periods seen are no window to learn from."""

SMALLEST = 0.02
"""A series that falls below this share of its mean is not put in logarithms, where its low would be all there is."""

FURTHEST = 20.0
"""What came after a window counts at most so many usual moves from its last value: one jump teaches no more."""


@dataclass(frozen=True)
class Flat:
    """One series made alike: ``z``, and the way back: ``exp`` where ``log``, else times ``unit``, times the season."""

    z: Floats
    log: bool
    unit: float
    indices: Floats

    def back(self, z: Floats) -> Floats:
        """The periods that follow the last, in the units of the series."""
        size = np.exp(z) if self.log else z * self.unit
        return np.asarray(size * self.indices[np.arange(len(z)) % len(self.indices)])


def flatten(y: Floats, season: int) -> Flat:
    """A series of at least one value without its season, in logarithms if all of it is well above zero."""
    level, indices = deseasonalise(y, season)
    unit = float(np.mean(np.abs(level))) or 1.0
    if level.min() > SMALLEST * unit:
        return Flat(np.log(level), True, unit, indices)
    return Flat(level / unit, False, unit, indices)


@dataclass(frozen=True)
class Looks:
    """A series as seen after each of its periods: columns ``x``, last value and usual move, one row per period."""

    x: Floats
    last: Floats
    move: Floats

    def end(self) -> Looks:
        """The look after the last period."""
        return Looks(self.x[-1:], self.last[-1:], self.move[-1:])


def look(z: Floats, width: int) -> Looks:
    """What is seen after each period: the ``width`` last values, less the last, in usual moves (NaN before the start).

    The usual move is the mean step from one period to the next, half that of the window and half that of all the past
    up to there; its logarithm is the last column.
    """
    seen = sliding_window_view(np.r_[np.full(width - 1, np.nan), z], width)
    steps = np.cumsum(np.r_[0.0, np.abs(np.diff(z))])
    known = np.arange(len(z))
    start = np.maximum(known - width + 1, 0)
    near = (steps - steps[start]) / np.maximum(known - start, 1)
    move = (near + steps / np.maximum(known, 1)) / 2 + 1e-6
    x = np.column_stack([(seen[:, :-1] - z[:, None]) / move[:, None], np.log(move)])
    return Looks(x, z, move)


@dataclass(frozen=True)
class Lessons:
    """Windows (rows, columns), what came after each in usual moves (rows, block), and how much each counts."""

    x: Floats
    y: Floats
    weight: Floats


def lessons(flats: Sequence[Flat], width: int, block: int, most: int) -> Lessons:
    """The last ``most`` windows of each series that ``block`` periods follow; there must be one.

    A series with n windows counts √n times, and a window as much as its series usually moves (in per cent, at most as
    the liveliest tenth), since that is what an error there costs.
    """
    x, y, size, count = [], [], [], []
    for flat in flats:
        ends = np.arange(max(EARLIEST, len(flat.z) - block - most + 1), len(flat.z) - block + 1)
        if not len(ends):
            continue
        seen = look(flat.z, width)
        after = sliding_window_view(flat.z, block)[ends]
        rows = ends - 1
        x.append(seen.x[rows])
        y.append((after - seen.last[rows, None]) / seen.move[rows, None])
        size.append(seen.move[rows])
        count.append(np.full(len(ends), len(ends)))
    moves = np.concatenate(size)
    weight = np.minimum(moves, np.quantile(moves, 0.9)) / np.sqrt(np.concatenate(count))
    return Lessons(np.vstack(x), np.clip(np.vstack(y), -FURTHEST, FURTHEST), weight / weight.mean())
