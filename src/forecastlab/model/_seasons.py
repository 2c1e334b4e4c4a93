"""Several seasons of one series, each believed as far as it came back, and which seasons a panel has.

A season of s periods is estimated from its whole cycles, counted back from the end and freed of their trend. Cycles
that differ say how wrong their mean is; so the mean is shrunk, wave by wave (waves of like length together), as James
and Stein do: what is no larger than its error goes, what came back every time stays. Sources: Miller & Williams 2003
(shrinkage of seasonal factors), Cai 1999 (shrinkage in blocks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FADES = 0.95
"""What a cycle weighs in comparison with the one after it."""

SMALLEST = 0.02
"""A series that falls below this share of its mean is not put in logarithms, where its low would be all there is."""


def profile(z: Floats, season: int) -> Floats:
    """The season at the ``season`` periods after the last of ``z``; zeros where there are not two whole cycles."""
    cycles = len(z) // season
    if cycles < 2 or season < 2:
        return np.zeros(season)
    apart = _detrended(z[-cycles * season :].reshape(cycles, season))
    weight = FADES ** np.arange(cycles - 1, -1, -1.0)
    return _shrunk(apart, weight / weight.sum())


def _detrended(cycles: Floats) -> Floats:
    """Each cycle less the line through the cycles' means, with mean zero: (cycles, season)."""
    count, season = cycles.shape
    means = cycles.mean(axis=1)
    middles = np.arange(count) * season + (season - 1) / 2
    at = np.arange(count * season)
    reach = min(count - 1, 2)
    slopes = (means[reach] - means[0]) / (reach * season), (means[-1] - means[-1 - reach]) / (reach * season)
    line = np.interp(at, middles, means)
    line = np.where(at < middles[0], means[0] + slopes[0] * (at - middles[0]), line)
    line = np.where(at > middles[-1], means[-1] + slopes[1] * (at - middles[-1]), line)
    apart = cycles - line.reshape(count, season)
    return np.asarray(apart - apart.mean(axis=1, keepdims=True))


def _shrunk(apart: Floats, weight: Floats) -> Floats:
    """The mean cycle, its waves shrunk by how much they differ between cycles, octave by octave."""
    season = apart.shape[1]
    waves = np.fft.rfft(apart, axis=1)
    mean = weight @ waves
    even = float(weight @ weight)
    error = (weight @ np.abs(waves - mean) ** 2) * even / (1 - even)
    kept = np.zeros_like(mean)
    first = 1
    while first < len(mean):
        block = slice(first, 2 * first)
        power = float((np.abs(mean[block]) ** 2).sum())
        if power > 0:
            kept[block] = mean[block] * max(0.0, 1 - float(error[block].sum()) / power)
        first *= 2
    return np.fft.irfft(kept, season)


@dataclass(frozen=True)
class Unseasoned:
    """A series without its seasons, ``rest``, and the way back.

    ``profiles`` holds each season at the periods after the last one, in logarithms where ``log``, else in ``unit``.
    """

    rest: Floats
    profiles: tuple[Floats, ...]
    log: bool
    unit: float

    def back(self, yhat: Floats, lead: int) -> Floats:
        """Forecasts of the rest, the first of them ``lead`` periods after the last, with the seasons."""
        at = np.arange(lead - 1, lead - 1 + yhat.shape[-1])
        season = np.sum([shape[at % len(shape)] for shape in self.profiles], axis=0) if self.profiles else 0.0
        return np.asarray(yhat * np.exp(season) if self.log else yhat + self.unit * season)


def unseasoned(y: Floats, seasons: Sequence[int]) -> Unseasoned:
    """A series of at least one value, its seasons taken out one after the other, the shortest first."""
    z, log, unit = _scaled(y)
    rest, profiles = z, []
    for season in sorted(seasons):
        shape = profile(rest, season)
        if shape.any():
            profiles.append(shape)
            rest = rest - _past(shape, len(rest))
    if not profiles:
        return Unseasoned(y, (), log, unit)
    return Unseasoned(np.exp(rest) if log else rest * unit, tuple(profiles), log, unit)


def _past(shape: Floats, periods: int) -> Floats:
    return shape[(np.arange(periods) - periods) % len(shape)]


def _scaled(y: Floats) -> tuple[Floats, bool, float]:
    """Logarithms where all of it is well above zero, else its values in units of their mean size."""
    unit = float(np.mean(np.abs(y))) or 1.0
    return (np.log(y), True, unit) if y.min() > SMALLEST * unit else (y / unit, False, unit)


MOST = 40
"""Series that are looked at for seasons, evenly from all."""

LONGEST = 800
"""Longer seasons are not looked for."""

ROUNDING = 1e-18
"""What moves less than this, squared, is what rounding left."""

CLEAR = {True: 0.05, False: 0.15}
"""The share of what moves that a season must explain, in the mean of the series: a usual length, or any other."""


def detect(values: Floats, usual: Sequence[int]) -> tuple[int, ...]:
    """The seasons of a panel (series, periods), shortest first; empty if there are none.

    Looked at are the ``usual`` lengths and those at which series resemble themselves (peaks of their mean
    autocorrelation), the shortest first. One counts if its shrunken profile explains enough of what moves; it is taken
    out before the next is looked at, which therefore must add something.
    """
    rows = values[np.unique(np.linspace(0, len(values) - 1, MOST).astype(int))] if len(values) else values
    series = [_scaled(row[~np.isnan(row)])[0] for row in rows if (~np.isnan(row)).sum() >= 8]
    longest = min(max((len(z) for z in series), default=0) // 2, LONGEST)
    found: list[int] = []
    others = [
        lag for lag in _peaks(series, 2 * longest // 3) if all(abs(lag - season) > season / 8 for season in usual)
    ]
    for season in sorted({*usual, *others}):
        known = season in usual
        if 2 <= season <= longest and np.mean([_explained(z, season) for z in series]) >= CLEAR[known]:
            found.append(season)
            series = [z - _past(profile(z, season), len(z)) for z in series]
    return tuple(found)


def _explained(z: Floats, season: int) -> float:
    """The share of what moves about the trend that goes with the season, in its whole cycles."""
    cycles = len(z) // season
    if cycles < 2:
        return 0.0
    apart = _detrended(z[-cycles * season :].reshape(cycles, season))
    before = float((apart**2).sum())
    if before <= ROUNDING * apart.size:
        return 0.0
    return 1 - float(((apart - profile(z, season)) ** 2).sum()) / before


def _peaks(series: Sequence[Floats], longest: int) -> list[int]:
    """Lags at which the mean autocorrelation of the steps is a peak and above a tenth."""
    sums, counts = np.zeros(longest + 2), np.zeros(longest + 2)
    for z in series:
        steps = np.diff(z)
        power = float(steps @ steps)
        if power == 0:
            continue
        spectrum = np.abs(np.fft.rfft(steps - steps.mean(), 2 * len(steps))) ** 2
        acf = np.fft.irfft(spectrum)[: longest + 2] / power
        sums[: len(acf)] += acf
        counts[: len(acf)] += 1
    acf = sums / np.maximum(counts, 1)
    return [lag for lag in range(2, longest + 1) if acf[lag] > 0.1 and acf[lag] >= max(acf[lag - 1], acf[lag + 1])]
