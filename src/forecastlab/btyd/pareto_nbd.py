"""Pareto/NBD: purchases at random until the customer is lost, at a moment that is as random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.btyd.buyers import Buyers, alike
from forecastlab.btyd.fitted import NOBODY_TWICE, Fit, climb

Floats = NDArray[np.float64]

NODES = 24
"""Points at which the integrals over time are taken; see ``_integral``."""

FAR = 50.0
"""Powers of e by which an integrand falls until it is held to be nothing."""


@dataclass(frozen=True)
class Pareto:
    """While alive a customer buys at random at a rate of their own, and is lost at random at a rate of their own.

    The rates of buying follow a gamma distribution over all customers (shape ``r``, rate ``alpha``, a time), those of
    being lost another (``s``, ``beta``, a time). Schmittlein, Morrison & Colombo (1987), Counting your customers. A
    customer can be lost at any time, the moments after the first purchase included.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def p_alive(self, buyers: Buyers) -> Floats:
        """The probability that each customer has not been lost yet, shape (customers,)."""
        from scipy import special

        k, alpha, s, beta = self.r + buyers.x, self.alpha, self.s, self.beta
        alive = -k * np.log(alpha + buyers.age) - s * np.log(beta + buyers.age)
        lost = np.log(s) + _integral(k, alpha, s + 1, beta, buyers.t_x, buyers.age).log
        chance: Floats = special.expit(alive - lost)
        return chance

    def p_active(self, buyers: Buyers, horizons: Sequence[float] | Floats) -> Floats:
        """The probability of at least one purchase within each horizon, shape (customers, horizons).

        Of who is alive with rates λ and μ the next purchase comes after the time u at the rate λ exp(-(λ + μ) u).
        """
        k, alpha, s, beta, age = self.r + buyers.x, self.alpha, self.s, self.beta, buyers.age
        now = self.p_alive(buyers) * k
        scale = k * np.log(alpha + age) + s * np.log(beta + age)
        logs = [_integral(k + 1, alpha, s, beta, age, age + horizon).log for horizon in horizons]
        chance: Floats = now[:, None] * np.exp(np.column_stack(logs) + scale[:, None])
        return chance

    def expected(self, buyers: Buyers, horizons: Sequence[float] | Floats) -> Floats:
        """Expected purchases within each horizon from the end of what was observed, shape (customers, horizons).

        Eq. 22 of Schmittlein et al. (1987), written so that s may be 1.
        """
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        while_alive = (r + buyers.x) * (beta + buyers.age) / (alpha + buyers.age)
        span = np.log1p(np.outer(1 / (beta + buyers.age), np.asarray(horizons, dtype=float)))
        lasting = span if s == 1 else -np.expm1((1 - s) * span) / (s - 1)
        expected: Floats = (self.p_alive(buyers) * while_alive)[:, None] * lasting
        return expected

    def rate(self, buyers: Buyers, times: Sequence[float] | Floats) -> Floats:
        """Expected purchases per unit of time at each time after the end of what was observed; as ``expected``."""
        span = np.log1p(np.outer(1 / (self.beta + buyers.age), np.asarray(times, dtype=float)))
        now = self.p_alive(buyers) * (self.r + buyers.x) / (self.alpha + buyers.age)
        rate: Floats = now[:, None] * np.exp(-self.s * span)
        return rate

    def draw(self, buyers: Buyers, horizon: float, paths: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Simulated numbers of purchases within the horizon, shape (customers, paths)."""
        shape = (len(buyers), paths)
        rate = rng.gamma((self.r + buyers.x)[:, None], 1 / (self.alpha + buyers.age)[:, None], shape)
        loss = rng.gamma(self.s, 1 / (self.beta + buyers.age)[:, None], shape)
        until = np.minimum(rng.exponential(size=shape), loss * horizon) / np.maximum(loss, 1e-300)
        alive = rng.random(shape) < self.p_alive(buyers)[:, None]
        drawn: NDArray[np.int64] = np.where(alive, rng.poisson(rate * np.minimum(until, horizon)), 0)
        return drawn


def fit(buyers: Buyers) -> Fit[Pareto]:
    """The most likely values for these customers. Raises ValueError for nobody.

    Maximum likelihood over customers that cannot be told apart. The likelihood is written as an integral over the
    moment of the loss (Fader & Hardie 2005, A note on deriving the Pareto/NBD model), whose slope is known exactly.
    """
    if not len(buyers):
        raise ValueError("nobody has bought yet")
    counted = alike(buyers)
    unit = float(counted.weight @ counted.rows.age / len(buyers)) or 1.0
    rows = Buyers(counted.rows.x, counted.rows.t_x / unit, counted.rows.age / unit)
    starts = [
        {"r": r, "alpha": alpha, "s": s, "beta": beta}
        for r, alpha, s, beta in ((0.5, 0.5, 0.5, 0.5), (1.0, 1.0, 1.0, 5.0), (0.3, 0.2, 2.0, 2.0))
    ]
    peak = climb(lambda values: _score(rows, counted.weight, values), starts, len(buyers))
    r, alpha, s, beta = peak.values
    reason = peak.reason if buyers.x.any() else NOBODY_TWICE
    height = peak.height - float(counted.weight @ rows.x) * float(np.log(unit))
    return Fit(Pareto(r, alpha * unit, s, beta * unit), height, len(buyers), not reason, reason)


def _score(rows: Buyers, weight: Floats, values: Floats) -> tuple[float, Floats]:
    """The log-likelihood of rows with weights, and its slope with respect to r, alpha, s and beta."""
    from scipy import special

    r, alpha, s, beta = values
    k, age = r + rows.x, rows.age
    of_lost = _integral(k, alpha, s + 1, beta, rows.t_x, age)
    alive = -k * np.log(alpha + age) - s * np.log(beta + age)
    lost = np.log(s) + of_lost.log
    share = special.expit(lost - alive)  # of the likelihood that is owed to the customer being lost
    each = special.gammaln(k) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.logaddexp(alive, lost)

    def mixed(if_alive: Floats, if_lost: Floats) -> Floats:
        """The slope of the logarithm of the sum."""
        slope: Floats = if_alive + share * (if_lost - if_alive)
        return slope

    slope_r = special.digamma(k) - special.digamma(r) + np.log(alpha) - mixed(np.log(alpha + age), of_lost.log_alpha)
    slope_alpha = r / alpha - k * mixed(1 / (alpha + age), of_lost.per_alpha)
    slope_s = np.log(beta) - mixed(np.log(beta + age), of_lost.log_beta - 1 / s)
    slope_beta = s / beta - mixed(s / (beta + age), (s + 1) * of_lost.per_beta)
    return float(weight @ each), np.array([weight @ slope for slope in (slope_r, slope_alpha, slope_s, slope_beta)])


@dataclass(frozen=True)
class _Integral:
    """The logarithm of an integral, and the means under its integrand of four functions of y."""

    log: Floats
    log_alpha: Floats
    per_alpha: Floats
    log_beta: Floats
    per_beta: Floats


def _integral(k: Floats, alpha: float, m: float, beta: float, low: Floats, high: Floats) -> _Integral:
    """The integral of (alpha + y)^-k (beta + y)^-m over y from ``low`` to ``high``; -inf where these are the same.

    At first the integrand falls off as exp(-(y - low) / fall), later as a power of y. In s = log(1 + (y - low) / fall)
    both are smooth, so that Gauss-Legendre with a few points gives many digits, for any number of purchases, and there
    is nothing to lose by subtraction. Beyond ``FAR`` powers of e nothing is left to be added.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    fall = 1 / (k / (alpha + low) + m / (beta + low))
    with np.errstate(over="ignore"):
        far = np.minimum((alpha + low) * np.expm1(FAR / k), (beta + low) * np.expm1(FAR / m))
    width = np.log1p(np.minimum(high - low, far) / fall)
    sums = np.zeros((5, len(k)))
    for node, weight in zip((1 + nodes) / 2, weights / 2, strict=True):
        s = width * node
        further = fall * np.expm1(s)
        log_alpha, log_beta = np.log1p(further / (alpha + low)), np.log1p(further / (beta + low))
        here = weight * np.exp(s - k * log_alpha - m * log_beta)
        parts = (1.0, log_alpha, np.exp(-log_alpha), log_beta, np.exp(-log_beta))
        for i, part in enumerate(parts):
            sums[i] += here * part
    of_alpha, of_beta = np.log(alpha + low), np.log(beta + low)
    with np.errstate(divide="ignore"):
        log = np.log(sums[0] * width * fall) - k * of_alpha - m * of_beta
    mean = sums[1:] / sums[0]
    return _Integral(log, of_alpha + mean[0], mean[1] / (alpha + low), of_beta + mean[2], mean[3] / (beta + low))
