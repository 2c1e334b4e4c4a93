"""Uplift from one method, asked for customers whose outcome speaks for approaching them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._arms import arm, of_rows
from forecastlab.schema.customers import LABEL, TREATED, CustomerModel, CustomerPast, CustomerScores, Kind
from forecastlab.schema.customers import FittedCustomers as Fitted
from forecastlab.schema.parts import State
from forecastlab.schema.state import apart, together


@dataclass(frozen=True)
class FittedTransformed:
    """The method that was fitted to the transformed outcome."""

    inner: Fitted

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """Twice the probability of the transformed outcome, less 1: with equal arms that is the uplift."""
        return CustomerScores(2 * self.inner.score(customers).values - 1)

    def state(self) -> State:
        """That of the method."""
        return together(inner=self.inner.state())


@dataclass(frozen=True)
class ClassTransformation:
    """One method learns who speaks for it: approached and reacted, or held out and did not; the uplift is 2 p - 1.

    Class variable transformation (Jaskowski & Jaroszewicz 2012). It holds where both arms are as large: rows of the
    smaller one are repeated, evenly, until they are.
    """

    learner: Annotated[CustomerModel, Field(description="the method: one that foretells events")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Uplifts."""
        return ("uplift",)

    def fit(self, past: CustomerPast) -> FittedTransformed:
        """Fit it to the transformed outcome. Raises DataError where an arm is empty or there is one outcome only."""
        for treated in (True, False):
            arm(past, treated)  # there is something to learn from
        rows = balanced(past.rows)
        speaks = (rows[LABEL] == rows[TREATED]).astype(np.float64)
        return FittedTransformed(self.learner.fit(of_rows(past, rows.assign(**{LABEL: speaks}))))

    def from_state(self, state: State) -> FittedTransformed:
        """The fitted method that ``state`` describes."""
        return FittedTransformed(self.learner.from_state(apart(state)["inner"]))


def balanced(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with those of the smaller arm repeated, each about as often as any other, until both are as many."""
    arms = [np.flatnonzero(rows[TREATED].to_numpy() == value) for value in (0.0, 1.0)]
    small, large = sorted(arms, key=len)
    again = small[np.arange(len(large)) * len(small) // len(large)]
    return pd.DataFrame(rows.iloc[np.sort(np.concatenate([again, large]))])


PART = ClassTransformation
