"""Curves of uplift: what is gained when the customers with the highest scores are approached first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
UNDEFINED = float("nan")


@dataclass(frozen=True)
class Sums:
    """Sums over the customers with the highest scores, from nobody to all, a step per different score.

    ``n`` customers, ``n_t`` of them approached, of whom ``y_t`` reacted; ``n_c`` held out, of whom ``y_c`` did.
    """

    n: Floats
    n_t: Floats
    y_t: Floats
    n_c: Floats
    y_c: Floats

    @property
    def qini(self) -> Floats:
        """Reactions gained among those approached: theirs less those of the held out, scaled to as many customers.

        Radcliffe (2007), Using control groups to target on predicted lift; 0 while nobody was held out.
        """
        scale = np.divide(self.n_t, self.n_c, out=np.zeros_like(self.n_t), where=self.n_c > 0)
        return self.y_t - self.y_c * scale

    @property
    def uplift(self) -> Floats:
        """Reactions gained if all of them were approached: the difference of the two rates, times all.

        Rates of nobody count as 0, as in scikit-uplift.
        """
        treated = np.divide(self.y_t, self.n_t, out=np.zeros_like(self.y_t), where=self.n_t > 0)
        held = np.divide(self.y_c, self.n_c, out=np.zeros_like(self.y_c), where=self.n_c > 0)
        return (treated - held) * self.n


@dataclass(frozen=True)
class Ordered:
    """Customers in the order of a score, the highest first; ``ends`` are the last places of equal scores."""

    order: NDArray[np.intp]
    ends: NDArray[np.intp]

    def sums(self, y: Floats, treated: Floats, weight: Floats) -> Sums:
        """The running sums, every customer counted ``weight`` times."""
        rows = (weight, weight * treated, weight * y * treated, weight * (1 - treated), weight * y * (1 - treated))
        return Sums(*(np.concatenate([[0.0], np.cumsum(row[self.order])[self.ends]]) for row in rows))


def ordered(score: Floats) -> Ordered:
    """The order of a score; customers with equal scores count together, so that their order does not matter."""
    order = np.argsort(-score, kind="stable")
    return Ordered(order, np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1))


def best_qini(y: Floats, treated: Floats) -> Floats:
    """A score that orders in hindsight for the Qini curve: who reacted when approached first, when held out last."""
    return y * (2 * treated - 1)


def best_uplift(y: Floats, treated: Floats) -> tuple[Ordered, Ordered]:
    """Two orders in hindsight for the uplift curve, as scikit-uplift defines them for 0 and 1.

    First come those whose outcome speaks for approaching them; of these and of the others first those who reacted
    (which is taken where more of the held out reacted than of the approached did not), or those who were approached.
    """
    speaks: Floats = 2.0 * (y == treated)
    return ordered(speaks + y), ordered(speaks + treated)


@dataclass(frozen=True)
class Judge:
    """A score against what happened, ready to be judged over and over with other weights."""

    y: Floats
    treated: Floats
    own: Ordered
    qini_best: Ordered
    uplift_best: tuple[Ordered, Ordered]

    def qini(self, weight: Floats) -> float:
        """The Qini coefficient: the area between the curve and chance, over that of the order in hindsight.

        ``qini_auc_score`` of scikit-uplift: 1 as in hindsight, 0 by chance, below 0 worse than that. NaN without both
        arms or without anything to gain.
        """
        return self._ratio("qini", self.own, self.qini_best, weight)

    def auuc(self, weight: Floats) -> float:
        """The area under the uplift curve above chance, over that in hindsight (``uplift_auc_score``)."""
        held_reacted = weight @ (self.y * (1 - self.treated))
        treated_silent = weight @ ((1 - self.y) * self.treated)
        by_reaction, by_arm = self.uplift_best
        return self._ratio("uplift", self.own, by_reaction if held_reacted > treated_silent else by_arm, weight)

    def _ratio(self, curve: str, own: Ordered, best: Ordered, weight: Floats) -> float:
        found, most = (_above_chance(each.sums(self.y, self.treated, weight), curve) for each in (own, best))
        arms = weight @ self.treated, weight @ (1 - self.treated)
        return found / most if min(arms) > 0 and most > 0 else UNDEFINED


def judge(y: Floats, treated: Floats, score: Floats) -> Judge:
    """Order the customers once: by the score, and in hindsight."""
    return Judge(y, treated, ordered(score), ordered(best_qini(y, treated)), best_uplift(y, treated))


def _above_chance(sums: Sums, curve: str) -> float:
    values: Floats = getattr(sums, curve)
    return float(np.trapezoid(values, sums.n) - sums.n[-1] * values[-1] / 2)


def effect(y: Floats, treated: Floats, weight: Floats) -> float:
    """The rate of those approached less the rate of those held out; NaN without both."""
    n_t, n_c = weight @ treated, weight @ (1 - treated)
    if min(n_t, n_c) <= 0:
        return UNDEFINED
    return float(weight @ (y * treated) / n_t - weight @ (y * (1 - treated)) / n_c)


def top(score: Floats, treated: Floats, share: float) -> Floats:
    """How much of each customer is among the share of its own arm with the highest scores: 1, 0, or a fraction.

    The top of each arm, as ``uplift_at_k`` of scikit-uplift has it by group: both are there, whoever is on top.
    """
    found = np.zeros(len(score))
    for arm in (treated == 1, treated == 0):
        if arm.any():
            found[arm] = _first(score[arm], share)
    return found


def _first(score: Floats, share: float) -> Floats:
    wanted = max(1, round(share * len(score)))
    border = -np.partition(-score, wanted - 1)[wanted - 1]
    above, equal = score > border, score == border
    return np.where(above, 1.0, np.where(equal, (wanted - above.sum()) / max(equal.sum(), 1), 0.0))
