"""A support vector machine over what is known of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.customer._one_class import both_happened
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind

FOLDS = 3
"""Parts of the rows that are left out in turn to learn probabilities."""


@dataclass(frozen=True)
class FittedSvm:
    """The machine with its probabilities, and the columns that it looks at."""

    columns: Design
    machine: Any

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability of the event."""
        return CustomerScores(np.asarray(self.machine.predict_proba(self.columns.table(customers)))[:, 1])


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
        machine = SVC(C=self.c, gamma="auto" if self.gamma is None else self.gamma)
        sure = CalibratedClassifierCV(machine, method="sigmoid", cv=FOLDS, ensemble=False)
        return FittedSvm(columns, sure.fit(columns.table(past.rows)[taken], past.label[taken]))


PART = Svm
