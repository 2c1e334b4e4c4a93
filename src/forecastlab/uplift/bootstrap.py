"""How sure a ranking by uplift is: the same figures, over customers drawn again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.uplift.curves import Floats, effect, judge, top

FIGURES = ("qini", "auuc", "top")


@dataclass(frozen=True)
class Interval:
    """A figure, and the bounds between which it lies in ``1 - alpha`` of the draws."""

    value: float
    low: float
    high: float


def intervals(
    y: Floats,
    treated: Floats,
    score: Floats,
    customer: NDArray[np.intp],
    share: float,
    draws: int,
    alpha: float,
    seed: int,
) -> dict[str, Interval]:
    """Qini coefficient, AUUC, and the effect among the ``share`` with the highest scores (``top``).

    Percentile intervals of the bootstrap (Efron 1979) by customer: whoever is in several folds is drawn with all of
    them. ``customer`` numbers the customers from 0.
    """
    found, first = judge(y, treated, score), top(score, treated, share)
    rng = np.random.default_rng(seed)
    n = int(customer.max()) + 1 if len(customer) else 0

    def figures(weight: Floats) -> tuple[float, float, float]:
        return found.qini(weight), found.auuc(weight), effect(y, treated, weight * first)

    told = figures(np.ones(len(y)))
    chance = np.full(n, 1 / max(n, 1))
    drawn = np.array([figures(rng.multinomial(n, chance)[customer].astype(np.float64)) for _ in range(draws)])
    bounds = [_bounds(drawn[:, i], alpha) for i in range(len(FIGURES))]
    return {name: Interval(told[i], *bounds[i]) for i, name in enumerate(FIGURES)}


def _bounds(drawn: Floats, alpha: float) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [alpha / 2, 1 - alpha / 2])
    return float(low), float(high)
