"""Gamma-Gamma: what a customer spends per purchase, told from what few purchases have cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.btyd.fitted import Fit, climb

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GammaGamma:
    """What a customer spends varies at random around a mean of their own, whatever the number of purchases.

    A purchase follows a gamma distribution (shape ``p``) whose rate differs between customers by another (shape ``q``,
    rate ``gamma``, money). Fader, Hardie & Lee (2005), RFM and CLV; Fader & Hardie (2013), The Gamma-Gamma model of
    monetary value. Spend must be positive.
    """

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """Mean spend per purchase over all customers; infinite where q is at most 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else np.inf

    def spend(self, purchases: Floats, mean: Floats) -> Floats:
        """Expected spend per purchase of customers whose ``purchases`` cost ``mean`` on average, shape (customers,).

        Between the customer's own mean and that of all; that of all where there are no purchases (``mean`` is then not
        looked at). Infinite where p · purchases + q is at most 1.
        """
        bought = np.where(purchases > 0, purchases * mean, 0.0)
        shape = self.p * purchases + self.q - 1
        with np.errstate(divide="ignore"):
            spend: Floats = np.where(shape > 0, self.p * (self.gamma + bought) / np.maximum(shape, 1e-300), np.inf)
        return spend

    def draw(self, purchases: Floats, mean: Floats, coming: NDArray[np.int64], rng: np.random.Generator) -> Floats:
        """Simulated money of ``coming`` purchases, shape (customers, paths) as ``coming``."""
        bought = np.where(purchases > 0, purchases * mean, 0.0)
        rate = rng.gamma((self.p * purchases + self.q)[:, None], 1 / (self.gamma + bought)[:, None], coming.shape)
        money: Floats = rng.gamma(self.p * coming, 1.0) / np.maximum(rate, 1e-300)
        return money


def fit(purchases: Floats, mean: Floats) -> Fit[GammaGamma]:
    """The most likely values for customers whose ``purchases`` (1 or more) cost ``mean`` (above 0) on average.

    Maximum likelihood with the exact slope (eq. 1a of Fader & Hardie 2013, up to a term without parameters that is
    in ``loglik``). Raises ValueError for nobody and for customers who have no purchases or no spend.
    """
    if not len(purchases):
        raise ValueError("nobody has bought yet")
    if not ((purchases > 0) & (mean > 0) & np.isfinite(mean)).all():
        raise ValueError("every customer must have purchases and a spend above 0")
    unit = float(np.median(mean))
    x, z = purchases.astype(float), mean / unit
    starts = [{"p": p, "q": q, "gamma": gamma} for p, q, gamma in ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5), (20.0, 1.5, 0.1))]
    peak = climb(lambda values: _score(x, z, values), starts, len(x))
    p, q, gamma = peak.values
    height = peak.height - len(x) * float(np.log(unit))
    return Fit(GammaGamma(p, q, gamma * unit), height, len(x), not peak.reason, peak.reason)


def _score(x: Floats, z: Floats, values: Floats) -> tuple[float, Floats]:
    """The log-likelihood of ``x`` purchases of mean ``z``, and its slope with respect to p, q and gamma."""
    from scipy import special

    p, q, gamma = values
    k, total = p * x, gamma + x * z
    each = (
        special.gammaln(k + q) - special.gammaln(k) - special.gammaln(q) + q * np.log(gamma) + (k - 1) * np.log(z)
    ) + (k * np.log(x) - (k + q) * np.log(total))
    of_both = special.digamma(k + q)
    slope_p = x * (of_both - special.digamma(k) + np.log(z) + np.log(x) - np.log(total))
    slope_q = of_both - special.digamma(q) + np.log(gamma) - np.log(total)
    slope_gamma = q / gamma - (k + q) / total
    return float(each.sum()), np.array([slope_p.sum(), slope_q.sum(), slope_gamma.sum()])
