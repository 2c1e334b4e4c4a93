"""Support vector regression over lags and calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.learned.kernel import KernelRule
from forecastlab.model._linear import standardise
from forecastlab.model._recursive import FittedRecursive, Floats, Target, fit_recursive, recursive_from
from forecastlab.schema import Feature, History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Svr:
    """What followed on similar periods before, small errors not counted.

    Support vector regression with a Gaussian kernel (Drucker et al. 1997) by scikit-learn on standardised columns and
    values, pooled over series that are each divided by their mean. Rows whose lags reach before the start of a series
    are left out, unless a group has no others. Its cost grows faster than the square of the rows, hence ``max_rows``.
    """

    features: Annotated[Mapping[str, Feature], Field(description="the columns by which periods are similar")]
    fit_by: Annotated[list[str], Field(description="one rule per value of these columns; empty: one rule for all")]
    statics: Annotated[list[str], Field(description="attributes of series whose values become columns")]
    target: Annotated[Target, Field(description="whether the value itself or its change to the last one is foretold")]
    c: Annotated[float, Field(gt=0, description="how dear errors are, against how smooth the rule is")]
    epsilon: Annotated[float, Field(ge=0, description="errors up to this do not count, in spreads of the values")]
    gamma: Annotated[float | None, Field(gt=0, description="how fast nearness falls off; null: 1 / columns")]
    max_rows: Annotated[int, Field(ge=10, description="rows learned from; of more, so many evenly spaced ones")]

    @property
    def local(self) -> bool:
        """Only where each series has a rule of its own."""
        return list(self.fit_by) == ["unique_id"]

    def fit(self, history: History) -> FittedRecursive:
        """Find the rows that matter, and their weights."""
        return fit_recursive(self, history)

    def from_state(self, state: State) -> FittedRecursive:
        """The fitted model that ``state`` describes."""
        return recursive_from(self, lambda content: KernelRule(**content), state)

    def learn(self, x: Floats, y: Floats) -> KernelRule:
        """Learn from rows (rows, columns); NaN marks what is missing."""
        from sklearn.svm import SVR

        rows = standardise(x, y)
        taken = np.unique(np.linspace(0, len(rows.y) - 1, min(len(rows.y), self.max_rows)).round().astype(int))
        level, unit = float(rows.y.mean()), float(rows.y.std()) or 1.0
        gamma = 1 / max(x.shape[1], 1) if self.gamma is None else self.gamma
        found = SVR(C=self.c, epsilon=self.epsilon, gamma=gamma).fit(rows.x[taken], (rows.y[taken] - level) / unit)
        vectors, weights = np.asarray(found.support_vectors_), np.asarray(found.dual_coef_)[0]
        offset = float(np.ravel(found.intercept_)[0])
        return KernelRule(vectors, weights, offset, gamma, rows.means, rows.spread, level, unit)


PART = Svr
