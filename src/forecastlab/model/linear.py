"""Straight-line rules as scikit-learn fits them: ridge and lasso."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from forecastlab.model._linear import LinearRule, standardise
from forecastlab.model._recursive import FittedRecursive, Floats, Target, fit_recursive, recursive_from
from forecastlab.schema import Feature, History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Linear:
    """A weighted sum of what came before, by scikit-learn; ``lasso`` keeps few columns, ``ridge`` shrinks all.

    Lasso (Tibshirani 1996) or ridge regression (Hoerl & Kennard 1970) on standardised columns, pooled over series that
    are each divided by their mean. Both make mean squared error + ``strength`` · penalty least, so that one strength
    means the same for any number of rows (scikit-learn's own ridge counts the sum of squares). Rows whose lags reach
    before the start of a series are left out, unless a group has no others. Weights have no intervals: those of lasso
    would not be honest, and those of ridge are in the part ``regression``.
    """

    features: Annotated[Mapping[str, Feature], Field(description="the columns that the rule may use")]
    fit_by: Annotated[list[str], Field(description="one rule per value of these columns; empty: one rule for all")]
    statics: Annotated[list[str], Field(description="attributes of series whose values become columns")]
    target: Annotated[Target, Field(description="whether the value itself or its change to the last one is foretold")]
    penalty: Annotated[
        Literal["ridge", "lasso"], Field(description="ridge: squared weights are dear; lasso: any weight is")
    ]
    strength: Annotated[float, Field(gt=0, description="how dear weights are, per row")]
    iterations: Annotated[int, Field(ge=1, description="most rounds over all columns that lasso may take")]

    @property
    def local(self) -> bool:
        """Only where each series has a rule of its own."""
        return list(self.fit_by) == ["unique_id"]

    def fit(self, history: History) -> FittedRecursive:
        """Learn the weights."""
        return fit_recursive(self, history)

    def from_state(self, state: State) -> FittedRecursive:
        """The fitted model that ``state`` describes."""
        return recursive_from(self, lambda content: LinearRule(**content), state)

    def learn(self, x: Floats, y: Floats) -> LinearRule:
        """Learn from rows (rows, columns); NaN marks what is missing."""
        rows = standardise(x, y)
        if not x.shape[1]:
            return LinearRule(float(rows.y.mean()), np.empty(0), rows.means, np.empty(0))
        found = self._estimator(len(rows.y)).fit(rows.x, rows.y)
        weights = np.asarray(found.coef_, dtype=np.float64) / rows.spread
        return LinearRule(float(found.intercept_), weights, rows.means, np.full(len(weights), np.nan))

    def _estimator(self, rows: int) -> Any:
        from sklearn.linear_model import Lasso, Ridge

        if self.penalty == "ridge":
            return Ridge(alpha=self.strength * rows)
        return Lasso(alpha=self.strength, max_iter=self.iterations)


PART = Linear
