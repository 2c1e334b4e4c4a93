"""BG/NBD and MBG/NBD: purchases at random, and after each the customer may be lost for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.btyd.buyers import Buyers, alike
from forecastlab.btyd.fitted import NOBODY_TWICE, Fit, climb

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BetaGeometric:
    """While alive a customer buys at random at a rate of their own; after a purchase they are lost with a chance of
    their own.

    The rates of all customers follow a gamma distribution (shape ``r``, rate ``alpha``, a time), the chances a beta
    distribution (``a``, ``b``). ``at_first`` says whether a customer may be lost right after the first purchase:
    MBG/NBD (Batislam, Denizel & Filiztekin 2007) if so; else BG/NBD (Fader, Hardie & Lee 2005, "Counting your
    customers" the easy way), which holds everybody who bought once alive.
    """

    r: float
    alpha: float
    a: float
    b: float
    at_first: bool

    def p_alive(self, buyers: Buyers) -> Floats:
        """The probability that each customer has not been lost yet, shape (customers,). BG/NBD gives 1 where x is 0."""
        from scipy import special

        alive: Floats = special.expit(-_odds(self, buyers))
        return alive

    def p_active(self, buyers: Buyers, horizons: Sequence[float] | Floats) -> Floats:
        """The probability of at least one purchase within each horizon, shape (customers, horizons)."""
        gone = np.log1p(np.outer(1 / (self.alpha + buyers.age), np.asarray(horizons, dtype=float)))
        buys = -np.expm1(-(self.r + buyers.x)[:, None] * gone)
        chance: Floats = self.p_alive(buyers)[:, None] * buys
        return chance

    def expected(self, buyers: Buyers, horizons: Sequence[float] | Floats) -> Floats:
        """Expected purchases within each horizon from the end of what was observed, shape (customers, horizons).

        Eq. 10 of Fader, Hardie & Lee (2005), written with the hypergeometric function so transformed that none of its
        arguments grows with x, and with its limit where a is 1.
        """
        z = np.outer(1 / (self.alpha + buyers.age), np.asarray(horizons, dtype=float))
        if abs(self.a - 1) < _NEAR:
            mean = (self._while_alive(buyers, z, 1 - _NEAR) + self._while_alive(buyers, z, 1 + _NEAR)) / 2
        else:
            mean = self._while_alive(buyers, z, self.a)
        expected: Floats = self.p_alive(buyers)[:, None] * np.maximum(mean, 0.0)
        return expected

    def rate(self, buyers: Buyers, times: Sequence[float] | Floats) -> Floats:
        """Expected purchases per unit of time at each time after the end of what was observed; as ``expected``."""
        from scipy import special

        z = np.outer(1 / (self.alpha + buyers.age), np.asarray(times, dtype=float))
        c = (self.a + self.b + self.at_first + buyers.x)[:, None]
        decline = special.hyp2f1(self.a, c - (self.r + buyers.x)[:, None] - 1, c, z / (1 + z)) * (1 + z) ** -self.a
        now = self.p_alive(buyers) * (self.r + buyers.x) / (self.alpha + buyers.age)
        rate: Floats = now[:, None] * decline
        return rate

    def draw(self, buyers: Buyers, horizon: float, paths: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Simulated numbers of purchases within the horizon, shape (customers, paths)."""
        shape = (len(buyers), paths)
        rate = rng.gamma((self.r + buyers.x)[:, None], 1 / (self.alpha + buyers.age)[:, None], shape)
        lost = rng.beta(self.a, (self.b + self.at_first + buyers.x)[:, None], shape)
        bought = rng.poisson(rate * horizon)
        last = np.ceil(rng.exponential(size=shape) / -np.log1p(-np.clip(lost, 1e-12, 1 - 1e-12)))
        alive = rng.random(shape) < self.p_alive(buyers)[:, None]
        drawn: NDArray[np.int64] = np.where(alive, np.minimum(bought, last), 0).astype(np.int64)
        return drawn

    def _while_alive(self, buyers: Buyers, z: Floats, a: float) -> Floats:
        """Expected purchases of whoever is alive, where ``a`` is not 1."""
        from scipy import special

        c = (a + self.b + self.at_first + buyers.x - 1)[:, None]
        with np.errstate(all="ignore"):
            rest = special.hyp2f1(a - 1, a + self.b + self.at_first - 1 - self.r, c, z / (1 + z)) * (1 + z) ** (1 - a)
        mean: Floats = c / (a - 1) * (1 - rest)
        whole = np.isfinite(mean)
        return mean if whole.all() else np.where(whole, mean, self._of_the_same(buyers, z, a))

    def _of_the_same(self, buyers: Buyers, z: Floats, a: float) -> Floats:
        """Expected purchases of whoever is alive, if all are lost with the mean chance: where shapes are very large."""
        chance = (a / (a + self.b + self.at_first + buyers.x))[:, None]
        mean: Floats = -np.expm1(-(self.r + buyers.x)[:, None] * np.log1p(chance * z)) / chance
        return mean


_NEAR = 1e-4
"""How near 1 the value a is taken to be 1: closer, the closed form loses its digits."""


def _odds(model: BetaGeometric, buyers: Buyers) -> Floats:
    """Logarithm of the odds of being lost."""
    silence = np.log((model.alpha + buyers.age) / (model.alpha + buyers.t_x))
    lost = np.maximum(model.b + buyers.x - 1 + model.at_first, 1e-300)
    odds = np.log(model.a / lost) + (model.r + buyers.x) * silence
    return odds if model.at_first else np.where(buyers.x > 0, odds, -np.inf)


def fit(buyers: Buyers, at_first: bool) -> Fit[BetaGeometric]:
    """The most likely values for these customers; ``at_first``: MBG/NBD, else BG/NBD. Raises ValueError for nobody.

    Maximum likelihood over customers that cannot be told apart, with the exact slope.
    """
    if not len(buyers):
        raise ValueError("nobody has bought yet")
    counted = alike(buyers)
    likelihood = _Likelihood.of(counted.rows, counted.weight, at_first)
    starts = [{"r": r, "alpha": 1.0, "a": a, "b": b} for r, a, b in ((0.5, 0.7, 2.0), (2.0, 0.1, 1.0), (0.1, 2.0, 9.0))]
    peak = climb(likelihood.score, starts, len(buyers))
    r, alpha, a, b = peak.values
    model = BetaGeometric(r, alpha * likelihood.unit, a, b, at_first)
    reason = peak.reason if buyers.x.any() else NOBODY_TWICE
    height = peak.height - float(counted.weight @ counted.rows.x) * np.log(likelihood.unit)
    return Fit(model, float(height), len(buyers), not reason, reason)


@dataclass(frozen=True)
class _Likelihood:
    """The log-likelihood of rows with weights; functions of x and of times are computed once per distinct value."""

    weight: Floats
    x: tuple[Floats, NDArray[np.intp]]
    t_x: tuple[Floats, NDArray[np.intp]]
    age: tuple[Floats, NDArray[np.intp]]
    at_first: bool
    unit: float

    @staticmethod
    def of(rows: Buyers, weight: Floats, at_first: bool) -> _Likelihood:
        unit = float(weight @ rows.age / weight.sum()) or 1.0
        x, t_x, age = (np.unique(v, return_inverse=True) for v in (rows.x, rows.t_x / unit, rows.age / unit))
        return _Likelihood(weight, x, t_x, age, at_first, unit)

    def score(self, values: Floats) -> tuple[float, Floats]:
        """The log-likelihood (times in units of the mean age) and its slope with respect to r, alpha, a and b."""
        from scipy import special

        r, alpha, a, b = values
        (x, of_x), (t_x, of_t), (age, of_age) = self.x, self.t_x, self.age
        more, k = b + x + self.at_first, r + x
        log_age, log_t = np.log(alpha + age), np.log(alpha + t_x)
        with np.errstate(divide="ignore"):
            chance = np.log(a / np.maximum(more - 1, 1e-300))
        if not self.at_first:
            chance[x == 0] = -np.inf
        silence = log_age[of_age] - log_t[of_t]
        odds = chance[of_x] + k[of_x] * silence
        e = np.exp(-np.abs(odds))
        lost = np.where(odds > 0, 1.0, e) / (1 + e)
        alone = special.gammaln(k) - special.gammaln(r) + special.betaln(a, more) - special.betaln(a, b)
        each = np.maximum(odds, 0.0) + np.log1p(e)
        w = self.weight
        of_each_x = np.bincount(of_x, w, len(x))
        of_each_age = np.bincount(of_age, w * k[of_x], len(age))
        height = of_each_x @ (alone + r * np.log(alpha)) - of_each_age @ log_age + w @ each
        wl = w * lost
        lost_x = np.bincount(of_x, wl, len(x))
        kl = wl * k[of_x]
        inner = special.digamma(a + more)
        slope_r = (
            of_each_x @ (special.digamma(k) - special.digamma(r) + np.log(alpha))
            - np.bincount(of_age, w, len(age)) @ log_age
            + wl @ silence
        )
        slope_alpha = (
            of_each_x.sum() * r / alpha
            - of_each_age @ (1 / (alpha + age))
            + np.bincount(of_age, kl, len(age)) @ (1 / (alpha + age))
            - np.bincount(of_t, kl, len(t_x)) @ (1 / (alpha + t_x))
        )
        slope_a = of_each_x @ (special.digamma(a + b) - inner) + lost_x.sum() / a
        slope_b = of_each_x @ (special.digamma(more) - inner - special.digamma(b) + special.digamma(a + b))
        slope_b -= (lost_x / np.where(lost_x > 0, more - 1, 1.0)).sum()
        return float(height), np.array([slope_r, slope_alpha, slope_a, slope_b])
