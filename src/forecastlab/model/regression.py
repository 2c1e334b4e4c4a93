"""A straight-line rule over lags, trend and calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.model._linear import LinearRule, learn_linear
from forecastlab.model._recursive import FittedRecursive, Floats, Target, fit_recursive, recursive_from
from forecastlab.schema import Feature, History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Regression:
    """The next period as a weighted sum of the last ones, of the time of the year, and of a trend.

    Ridge regression on standardised columns (Hoerl & Kennard 1970), least squares where ``ridge`` is 0, pooled over
    series that are each divided by their mean. Rows whose lags reach before the start of a series are left out, unless
    a group has no others; what is missing when a short series is forecast counts with its mean over the group.
    """

    features: Annotated[Mapping[str, Feature], Field(description="the columns that the rule may use")]
    fit_by: Annotated[list[str], Field(description="one rule per value of these columns; empty: one rule for all")]
    statics: Annotated[list[str], Field(description="attributes of series whose values become columns")]
    target: Annotated[Target, Field(description="whether the value itself or its change to the last one is foretold")]
    ridge: Annotated[float, Field(ge=0, description="how strongly weights are pulled to zero; 0: least squares")]

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
        return learn_linear(x, y, self.ridge)


PART = Regression
