"""How likely it is that chance alone shows as much: against a short past, and over many looks in a row."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distance(values: Floats, n: int) -> float:
    """Student's t of new values against a past of ``n`` looks whose mean and spread are known from itself only.

    ``values`` are already measured in spreads from the mean of their own past. Their mean has the variance
    1/w + 1/n under no change: w new values, n old ones (the prediction interval of a normal sample).
    """
    return float(np.mean(values)) / math.sqrt(1 / len(values) + 1 / n)


def standard(value: float, past: Floats) -> float:
    """How many standard deviations a value lies from the mean of a past; 0 where neither moves."""
    spread = float(np.std(past, ddof=1))
    gap = value - float(np.mean(past))
    if spread > 1e-9 * max(abs(value), float(np.max(np.abs(past))), 1e-12):
        return gap / spread
    return 0.0 if abs(gap) <= 1e-9 * max(abs(value), 1e-12) else math.copysign(1e6, gap)


def above(t: float, freedom: float) -> float:
    """The chance of a t at least as high."""
    from scipy.special import stdtr

    return float(stdtr(freedom, -t))


def normal_score(t: float, freedom: float) -> float:
    """The value of a normal distribution that is as likely as ``t`` of Student's, kept within eight deviations."""
    from scipy.special import ndtri, stdtr

    tail = float(ndtri(stdtr(freedom, -abs(t))))
    return math.copysign(min(-tail, 8.0), t)


def cusum(scores: Floats, slack: float) -> Floats:
    """Page's cumulative sum after each score: ``S = max(0, S + score - slack)``, from 0. Page (1954)."""
    sums = np.zeros(len(scores))
    total = 0.0
    for i, score in enumerate(scores):
        total = max(0.0, total + float(score) - slack)
        sums[i] = total
    return sums


def run_length(limit: float, slack: float) -> float:
    """How many looks pass on average until a one-sided cumulative sum of pure chance passes ``limit``.

    Siegmund's approximation (1985): ``(exp(2kb) - 2kb - 1) / 2k²`` with ``b = limit + 1.166``.
    """
    reach = 2 * slack * (limit + 1.166)
    return (math.expm1(min(reach, 700.0)) - reach) / (2 * slack**2)


def limit_of(rate: float, slack: float) -> float:
    """The limit that pure chance passes at one look in ``1 / rate``, on average (the inverse of ``run_length``)."""
    low, high = 0.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if run_length(middle, slack) < 1 / rate else (low, middle)
    return high
