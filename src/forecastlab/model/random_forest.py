"""A random forest over lags and calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.learned.forest import ForestRule, forest_of
from forecastlab.model._recursive import FittedRecursive, Floats, Target, fit_recursive, recursive_from
from forecastlab.schema import Feature, History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class RandomForest:
    """The average of many decision trees, each grown on its own draw of rows and columns.

    Random forest (Breiman 2001) by scikit-learn, pooled over series that are each divided by their mean. A lag that
    reaches before the start of a series is missing, which the trees know how to handle.
    """

    features: Annotated[Mapping[str, Feature], Field(description="the columns that the trees may use")]
    fit_by: Annotated[list[str], Field(description="one forest per value of these columns; empty: one for all")]
    statics: Annotated[list[str], Field(description="attributes of series whose values become columns")]
    target: Annotated[Target, Field(description="whether the value itself or its change to the last one is foretold")]
    trees: Annotated[int, Field(ge=1, description="how many trees")]
    max_depth: Annotated[int | None, Field(ge=1, le=100, description="questions in a row; null: until leaves are full")]
    min_leaf: Annotated[int, Field(ge=1, description="rows that a leaf must hold")]
    max_features: Annotated[
        float, Field(gt=0, le=1, description="share of the columns that each question may be about")
    ]
    rows: Annotated[float, Field(gt=0, le=1, description="share of the rows that are drawn for each tree")]
    seed: Annotated[int, Field(ge=0, description="start of the random draws")]

    @property
    def local(self) -> bool:
        """Only where each series has a forest of its own."""
        return list(self.fit_by) == ["unique_id"]

    def fit(self, history: History) -> FittedRecursive:
        """Grow the trees."""
        return fit_recursive(self, history)

    def from_state(self, state: State) -> FittedRecursive:
        """The fitted model that ``state`` describes."""
        return recursive_from(self, lambda content: ForestRule(**content), state)

    def learn(self, x: Floats, y: Floats) -> ForestRule:
        """Learn from rows (rows, columns); NaN marks what is missing."""
        from sklearn.ensemble import RandomForestRegressor

        forest = RandomForestRegressor(
            n_estimators=self.trees,
            max_depth=self.max_depth,
            min_samples_leaf=self.min_leaf,
            max_features=self.max_features,
            max_samples=self.rows,
            random_state=self.seed,
            n_jobs=1,
        )
        return forest_of(forest.fit(x, y))


PART = RandomForest
