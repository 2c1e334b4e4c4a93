"""Money dealt out in whole cents, so that nothing is left over by rounding and nothing is spent twice."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cents = NDArray[np.int64]


def exact(number: float) -> Fraction:
    """The number as it is written: 0.1 is a tenth."""
    return Fraction(str(number))


def pots(cents: int, shares: Sequence[float]) -> list[int]:
    """What of the budget belongs to each share; where the shares sum to 1, all of it does.

    Largest remainder (Hamilton): everybody gets the whole cents of the quota, and those with the largest parts of a
    cent one more, the first of equals.
    """
    quotas = [cents * exact(share) for share in shares]
    whole = [int(quota) for quota in quotas]
    rest = int(sum(quotas, Fraction(0)) + Fraction(1, 2)) - sum(whole)
    order = sorted(range(len(quotas)), key=lambda i: whole[i] - quotas[i])
    return [cent + (i in order[:rest]) for i, cent in enumerate(whole)]


def dealt(cents: int, weights: Floats, most: int | None) -> Cents:
    """The cents in proportion to the weights, to nobody more than ``most``; without a weight there is nothing.

    What some may not take is dealt among the others in the same way. All is dealt out, exactly, unless everybody with a
    weight has ``most``. Whole cents by largest remainder, the first of equals first.
    """
    given = np.zeros(len(weights), dtype=np.int64)
    taking, left = weights > 0, cents
    while taking.any():
        quota = left * (weights[taking] / weights[taking].sum())
        full = quota >= (np.inf if most is None else most)
        places = np.flatnonzero(taking)
        if most is None or not full.any():
            given[places] = _whole(left, quota)
            break
        given[places[full]] = most
        left -= most * int(full.sum())
        taking[places[full]] = False
    return given


def _whole(cents: int, quota: Floats) -> Cents:
    """Quotas as whole cents with the same sum."""
    whole = np.floor(quota).astype(np.int64)
    order = np.argsort(whole - quota, kind="stable")
    whole[order[: cents - int(whole.sum())]] += 1
    return whole
