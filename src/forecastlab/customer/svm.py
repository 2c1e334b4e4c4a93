"""A support vector machine over what is known of a customer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.customer._one_class import both_happened
from forecastlab.learned.kernel import KernelRule
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

DIGITS = 2
"""Decimals of the standardised logarithms learned from: the border is kept, and no exact figure of anybody with it."""

FOLDS = 3
"""Parts of the rows that are left out in turn to learn probabilities."""


@dataclass(frozen=True)
class FittedSvm:
    """The border, Platt's sigmoid ``1 / (1 + exp(slope · distance + offset))``, and the columns that it looks at."""

    columns: Design
    border: KernelRule
    slope: float
    offset: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability of the event."""
        from scipy.special import expit

        distance = self.border.predict(self.columns.table(customers))
        return CustomerScores(np.asarray(expit(-(self.slope * distance + self.offset))))

    def state(self) -> State:
        """The columns, the customers at the border in rounded figures, and the sigmoid."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Svm:
    """The widest border between customers with and without the event, made into a probability.

    Support vector machine with a Gaussian kernel (Cortes & Vapnik 1995) by scikit-learn, on logarithms that are
    standardised; probabilities by Platt's sigmoid (1999) over rows left out in turn. Its cost grows faster than the
    square of the rows, hence ``max_rows``.
    """

    c: Annotated[float, Field(gt=0, description="how dear customers on the wrong side are")]
    gamma: Annotated[float | None, Field(gt=0, description="how fast nearness falls off; null: 1 / columns")]
    max_rows: Annotated[int, Field(ge=10, description="rows learned from; of more, so many evenly spaced ones")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Events."""
        return ("event",)

    def fit(self, past: CustomerPast) -> FittedSvm:
        """Find the border. Raises DataError for an event that happened to all or to none."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.svm import SVC

        both_happened(past)
        columns = design(past, plain=False)
        n = len(past.rows)
        taken = np.unique(np.linspace(0, n - 1, min(n, self.max_rows)).round().astype(int))
        gamma = 1 / max(len(columns.names), 1) if self.gamma is None else self.gamma
        sure = CalibratedClassifierCV(SVC(C=self.c, gamma=gamma), method="sigmoid", cv=FOLDS, ensemble=False)
        sure.fit(np.round(columns.table(past.rows)[taken], DIGITS), past.label[taken])
        (found,) = sure.calibrated_classifiers_
        (sigmoid,), machine = found.calibrators, found.estimator
        n, start = len(columns.names), float(machine.intercept_[0])
        vectors, weights = np.asarray(machine.support_vectors_), np.asarray(machine.dual_coef_)[0]
        border = KernelRule(vectors, weights, start, gamma, np.zeros(n), np.ones(n), 0.0, 1.0)
        return FittedSvm(columns, border, float(sigmoid.a_), float(sigmoid.b_))

    def from_state(self, state: State) -> FittedSvm:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedSvm(Design(**found.pop("columns")), KernelRule(**found.pop("border")), **found)


PART = Svm
