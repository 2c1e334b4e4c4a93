"""A random forest over what is known of a customer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.learned.forest import ForestRule, forest_of
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class FittedForest:
    """The forest, and the columns that it looks at."""

    columns: Design
    forest: ForestRule

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The mean of what its trees say: of zeros and ones that is a probability."""
        return CustomerScores(self.forest.predict(self.columns.table(customers)))

    def terms(self, customers: pd.DataFrame) -> pd.DataFrame:
        """What each feature adds to the probability, the money or the wait, along the ways through the trees."""
        return self.columns.by_feature(self.forest.contributions(self.columns.table(customers)))

    def state(self) -> State:
        """The columns and the trees."""
        return pack(asdict(self))


@dataclass(frozen=True)
class RandomForest:
    """The average of many decision trees, each grown on its own draw of customers and features.

    Random forest (Breiman 2001) by scikit-learn. For events its trees split by the squared error of zeros and ones,
    which is the Gini index, and their mean is the probability.
    """

    trees: Annotated[int, Field(ge=1, description="how many trees")]
    min_leaf: Annotated[int, Field(ge=1, description="customers that a leaf must hold")]
    max_features: Annotated[float, Field(gt=0, le=1, description="share of the features that a question may be about")]
    rows: Annotated[float, Field(gt=0, le=1, description="share of the rows that are drawn for each tree")]
    seed: Annotated[int, Field(ge=0, description="start of the random draws")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait")

    def fit(self, past: CustomerPast) -> FittedForest:
        """Grow the trees."""
        from sklearn.ensemble import RandomForestRegressor

        columns = design(past, plain=True)
        forest = RandomForestRegressor(
            n_estimators=self.trees,
            min_samples_leaf=self.min_leaf,
            max_features=self.max_features,
            max_samples=self.rows,
            random_state=self.seed,
            n_jobs=1,
        )
        return FittedForest(columns, forest_of(forest.fit(columns.table(past.rows), past.label)))

    def from_state(self, state: State) -> FittedForest:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedForest(Design(**found["columns"]), ForestRule(**found["forest"]))


PART = RandomForest
