"""Gaps between purchases: gamma distributed around a mean of each customer's own, and after each the customer may be
lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.btyd.fitted import NOBODY_TWICE, Fit, climb

Floats = NDArray[np.float64]

MOST = 20_000
"""Customers that are learned from; of more, so many evenly spaced ones: four values need no more."""

STEP = 1e-5
"""Relative change of a value over which slopes are taken."""


@dataclass(frozen=True)
class Gaps:
    """One row per customer: ``n`` gaps between purchase days, their ``total``, and the ``silence`` since the last day.

    Times in one unit of your choice. Raises ValueError where shapes differ or times do not fit.
    """

    n: Floats
    total: Floats
    silence: Floats

    def __post_init__(self) -> None:
        if not len(self.n) == len(self.total) == len(self.silence):
            raise ValueError(f"n, total and silence differ in length: {len(self.n)}, {len(self.total)}")
        whole = (self.n >= 0) & (self.silence >= 0) & ((self.total > 0) == (self.n > 0)) & (self.total >= 0)
        if not whole.all():
            raise ValueError(f"{(~whole).sum()} of {len(self.n)} customers break n >= 0, total > 0 where n > 0")

    def __len__(self) -> int:
        return len(self.n)


@dataclass(frozen=True)
class Rhythm:
    """A gap follows a gamma distribution (shape ``p``) whose rate differs between customers by another (shape ``q``,
    rate ``gamma``, a time); after each purchase a customer is lost with the chance ``lost``.

    What is known of a customer's own rate is its gamma distribution after the gaps that were seen, so that the next gap
    follows a beta prime distribution: shapes p and q + p n, scale gamma + total. The larger p, the more regular; with p
    of 1 and a beta distributed chance it is MBG/NBD.
    """

    p: float
    q: float
    gamma: float
    lost: float

    def silent(self, gaps: Gaps, horizons: Sequence[float] | Floats) -> Floats:
        """The probability of no purchase within each horizon, shape (customers, horizons)."""
        times = gaps.silence[:, None] + np.asarray(horizons, dtype=np.float64)
        now = self._quiet(gaps, gaps.silence[:, None])
        quiet: Floats = self._quiet(gaps, times) / now
        return quiet

    def p_alive(self, gaps: Gaps) -> Floats:
        """The probability that each customer has not been lost yet, shape (customers,)."""
        alive: Floats = 1 - self.lost / self._quiet(gaps, gaps.silence[:, None])[:, 0]
        return alive

    def _quiet(self, gaps: Gaps, silence: Floats) -> Floats:
        """The probability that a customer is lost, or that a gap lasts longer than ``silence`` (customers, times)."""
        from scipy import special

        scale, shape = (self.gamma + gaps.total)[:, None], (self.q + self.p * gaps.n)[:, None]
        # The complement by the mirrored function: a difference from 1 would lose the digits of small ones.
        longer = special.betainc(shape, self.p, scale / (scale + silence))
        quiet: Floats = self.lost + (1 - self.lost) * longer
        return np.maximum(quiet, 1e-300)


def fit(gaps: Gaps) -> Fit[Rhythm]:
    """The most likely values for these customers: of the sum of each one's gaps, and of the silence after them.

    Maximum likelihood; slopes are central differences. Raises ValueError for nobody.
    """
    if not len(gaps):
        raise ValueError("nobody has bought yet")
    rows = np.unique(np.linspace(0, len(gaps) - 1, min(len(gaps), MOST)).round().astype(int))
    seen = gaps.n[rows] > 0
    unit = float(np.median(gaps.total[rows][seen] / gaps.n[rows][seen])) if seen.any() else 1.0
    some = Gaps(gaps.n[rows], gaps.total[rows] / unit, gaps.silence[rows] / unit)
    starts = [
        {"p": p, "q": q, "gamma": gamma, "odds": odds}
        for p, q, gamma, odds in ((1.0, 2.0, 2.0, 0.05), (2.0, 1.0, 0.5, 0.2), (0.7, 1.0, 1.0, 0.01))
    ]
    peak = climb(lambda values: _score(some, values), starts, len(some))
    p, q, gamma, odds = peak.values
    reason = peak.reason if seen.any() else NOBODY_TWICE
    height = peak.height - float(seen.sum()) * float(np.log(unit))
    return Fit(Rhythm(p, q, gamma * unit, odds / (1 + odds)), height, len(some), not reason, reason)


def _score(gaps: Gaps, values: Floats) -> tuple[float, Floats]:
    """The log-likelihood, and its slope with respect to p, q, gamma and the odds of being lost."""
    slopes = np.empty(len(values))
    for i, value in enumerate(values):
        up, down = values.copy(), values.copy()
        up[i], down[i] = value * (1 + STEP), value * (1 - STEP)
        slopes[i] = (_height(gaps, up) - _height(gaps, down)) / (2 * STEP * value)
    return _height(gaps, values), slopes


def _height(gaps: Gaps, values: Floats) -> float:
    from scipy import special

    p, q, gamma, odds = values
    model = Rhythm(p, q, gamma, odds / (1 + odds))
    some = gaps.n > 0
    n, total = gaps.n[some], gaps.total[some]
    k = p * n
    of_gaps = (k - 1) * np.log(total) + q * np.log(gamma) - (k + q) * np.log(gamma + total) - special.betaln(k, q)
    stayed = float(gaps.n.sum()) * float(np.log1p(-model.lost))
    quiet = model._quiet(gaps, gaps.silence[:, None])
    return float(of_gaps.sum()) + stayed + float(np.log(quiet).sum())
