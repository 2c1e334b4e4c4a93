"""Regression of money, or of a wait, over what is known of a customer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.schema.customers import CustomerPast, CustomerScores, Floats, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

LARGEST = 30.0
"""Logarithms of money above this are no money."""


@dataclass(frozen=True)
class FittedRegression:
    """Weights of the columns, whose sum is the money, or its logarithm."""

    columns: Design
    weights: Floats
    offset: float
    log: bool
    unit: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The money."""
        total = self.columns.table(customers) @ self.weights + self.offset
        return CustomerScores(self.unit * (np.exp(np.minimum(total, LARGEST)) if self.log else total))

    def terms(self, customers: pd.DataFrame) -> pd.DataFrame:
        """What each feature adds to the money, or to its logarithm, of a customer who is average in all."""
        unit = 1.0 if self.log else self.unit
        return self.columns.by_feature(unit * self.columns.table(customers) * self.weights)

    def state(self) -> State:
        """The columns and their weights."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Regression:
    """A weighted sum of what is known gives the money, or its logarithm: every amount can be taken apart.

    A generalised linear model with a squared penalty, by scikit-learn, on logarithms that are standardised. With power
    1.5 it is Tweedie's for money that is often nothing (Jorgensen 1987), with 0 ordinary ridge regression.
    """

    power: Annotated[float, Field(ge=0, le=1.9, description="0: the money itself; 1 to 2: its logarithm")]
    l2: Annotated[float, Field(ge=0, description="squared penalty on the weights")]
    iterations: Annotated[int, Field(ge=1, description="steps of the fit at most")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Amounts and waits."""
        return ("amount", "wait")

    def fit(self, past: CustomerPast) -> FittedRegression:
        """Find the weights; money below zero counts as none where the logarithm is foretold."""
        from sklearn.linear_model import Ridge, TweedieRegressor

        columns = design(past, plain=False)
        log = self.power > 0
        money = np.maximum(past.label, 0.0) if log else past.label
        unit = float(np.abs(money).mean()) or 1.0
        if log and money.any():
            model = TweedieRegressor(power=self.power, alpha=self.l2, link="log", max_iter=self.iterations)
        else:
            model, log = Ridge(alpha=self.l2 * len(money), max_iter=self.iterations), False
        found = model.fit(columns.table(past.rows), money / unit)
        return FittedRegression(columns, np.asarray(found.coef_), float(found.intercept_), log, unit)

    def from_state(self, state: State) -> FittedRegression:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedRegression(Design(**found.pop("columns")), **found)


PART = Regression
