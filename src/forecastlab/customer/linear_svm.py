"""A support vector machine whose border is straight, so that every score can be taken apart."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.customer._one_class import both_happened
from forecastlab.customer.logistic import FittedLogistic
from forecastlab.schema.customers import CustomerPast, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import unpack

FOLDS = 3
"""Parts of the rows that are left out in turn to learn probabilities."""


@dataclass(frozen=True)
class LinearSvm:
    """The widest straight border between customers with and without the event, made into a probability.

    Linear support vector machine (Fan et al. 2008) by scikit-learn, on logarithms that are standardised; probabilities
    by Platt's sigmoid (1999) over rows left out in turn. A sigmoid of a weighted sum is what logistic regression says,
    too, so the log-odds are a sum of one term per feature here as there.
    """

    c: Annotated[float, Field(gt=0, description="how dear customers on the wrong side are")]
    iterations: Annotated[int, Field(ge=1, description="steps of the fit at most")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Events."""
        return ("event",)

    def fit(self, past: CustomerPast) -> FittedLogistic:
        """Find the border. Raises DataError for an event that happened to all or to none."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.svm import LinearSVC

        both_happened(past)
        columns = design(past, plain=False)
        machine = LinearSVC(C=self.c, dual=False, max_iter=self.iterations)
        sure = CalibratedClassifierCV(machine, method="sigmoid", cv=FOLDS, ensemble=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # to stop after so many steps is what was asked
            (found,) = sure.fit(columns.table(past.rows), past.label).calibrated_classifiers_
        (sigmoid,), border = found.calibrators, found.estimator
        # 1 / (1 + exp(a · distance + b)): the log-odds are -a · distance - b.
        weights = -float(sigmoid.a_) * np.asarray(border.coef_)[0]
        return FittedLogistic(columns, weights, -float(sigmoid.a_) * float(border.intercept_[0]) - float(sigmoid.b_))

    def from_state(self, state: State) -> FittedLogistic:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedLogistic(Design(**found.pop("columns")), **found)


PART = LinearSvm
