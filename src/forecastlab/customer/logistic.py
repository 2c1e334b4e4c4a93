"""Logistic regression over what is known of a customer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.customer._one_class import both_happened
from forecastlab.schema.customers import CustomerPast, CustomerScores, Floats, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class FittedLogistic:
    """Weights of the columns, whose sum is the log-odds."""

    columns: Design
    weights: Floats
    offset: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability of the event."""
        odds = self.columns.table(customers) @ self.weights + self.offset
        return CustomerScores(1 / (1 + np.exp(-odds)))

    def terms(self, customers: pd.DataFrame) -> pd.DataFrame:
        """What each feature adds to the log-odds of a customer who is average in all."""
        return self.columns.by_feature(self.columns.table(customers) * self.weights)

    def state(self) -> State:
        """The columns and their weights."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Logistic:
    """A weighted sum of what is known gives the log-odds of the event: every score can be taken apart.

    Logistic regression (Cox 1958) with a squared penalty, by scikit-learn, on logarithms that are standardised.
    """

    c: Annotated[float, Field(gt=0, description="how freely weights may grow: the inverse of the penalty")]
    iterations: Annotated[int, Field(ge=1, description="steps of the fit at most")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Events."""
        return ("event",)

    def fit(self, past: CustomerPast) -> FittedLogistic:
        """Find the weights. Raises DataError where the rows have one outcome only."""
        from sklearn.linear_model import LogisticRegression

        both_happened(past)
        columns = design(past, plain=False)
        found = LogisticRegression(C=self.c, max_iter=self.iterations).fit(columns.table(past.rows), past.label)
        return FittedLogistic(columns, np.asarray(found.coef_)[0], float(found.intercept_[0]))

    def from_state(self, state: State) -> FittedLogistic:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedLogistic(Design(**found.pop("columns")), **found)


PART = Logistic
