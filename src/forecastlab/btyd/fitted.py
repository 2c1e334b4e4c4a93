"""The values under which what was observed is most likely, and whether they were really found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
M = TypeVar("M")

LOWEST = 1e-5
HIGHEST = {"a": 30.0, "b": 1e4, "r": 1e3, "s": 1e3, "p": 1e4, "q": 1e4}
FURTHEST = 1e6
"""Bounds of all values (scales, such as times, in units of their mean); a fit that ends there has not converged.

Shapes as large as these mean that customers do not differ; even larger ones only cost digits.
"""

STEEP = 1e-4
"""Slope of the mean log-likelihood, per relative change of a value, above which an end is no maximum."""

NOBODY_TWICE = "nobody has bought twice: there is nothing to learn of rates from"
"""Why a fit to one-time buyers has not converged, whatever the search says."""


@dataclass(frozen=True)
class Fit(Generic[M]):
    """A fitted model, its log-likelihood, how many customers it was learnt from, and whether the search converged.

    ``reason`` says why not; a model is there in any case, the best that was found.
    """

    model: M
    loglik: float
    customers: int
    converged: bool
    reason: str


@dataclass(frozen=True)
class Peak:
    """The end of a search."""

    values: tuple[float, ...]
    height: float
    reason: str


def climb(
    score: Callable[[Floats], tuple[float, Floats]], starts: Sequence[Mapping[str, float]], weight: float
) -> Peak:
    """The values that make ``score`` largest: the log-likelihood and its slope with respect to each value.

    The search runs over logarithms (L-BFGS-B), from each of ``starts`` (values by name) until one end is a maximum.
    ``weight`` is the number of customers, by which slopes are judged.
    """
    best = Peak((), -np.inf, "no start was finite")
    for start in starts:
        found = _from(score, start, weight)
        if found.height > best.height or not best.values:
            best = found
        if not best.reason:
            break
    return best


def _from(score: Callable[[Floats], tuple[float, Floats]], start: Mapping[str, float], weight: float) -> Peak:
    from scipy.optimize import minimize

    def loss(logs: Floats) -> tuple[float, Floats]:
        values = np.exp(logs)
        height, slope = score(values)
        return -height / weight, -slope * values / weight

    bounds = [(float(np.log(LOWEST)), float(np.log(HIGHEST.get(name, FURTHEST)))) for name in start]
    options = {"maxiter": 500, "maxfun": 1000, "ftol": 1e-14, "gtol": 1e-8}
    first = np.log(np.array(list(start.values())))
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    values = tuple(float(value) for value in np.exp(found.x))
    at = [name for name, log, (low, high) in zip(start, found.x, bounds, strict=True) if not low < log < high]
    slope = float(np.abs(found.jac).max())
    reason = ""
    if at:
        reason = f"{' and '.join(at)} ran to the end of what is allowed: the purchases do not tell"
    elif not slope < STEEP:  # NaN is not a maximum either
        reason = f"the search ended on a slope of {slope:.1e}: {found.message}"
    return Peak(values, float(-found.fun * weight), reason)
