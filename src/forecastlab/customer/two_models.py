"""Uplift from two methods: one of customers who were approached, one of those who were held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.customer._arms import arm
from forecastlab.schema.customers import CustomerModel, CustomerPast, CustomerScores, FittedCustomers, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import apart, together


@dataclass(frozen=True)
class FittedTwo:
    """A method for each arm."""

    approached: FittedCustomers
    held: FittedCustomers

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability of a reaction if approached, less that if left alone."""
        return CustomerScores(self.approached.score(customers).values - self.held.score(customers).values)

    def state(self) -> State:
        """Those of both."""
        return together(approached=self.approached.state(), held=self.held.state())


@dataclass(frozen=True)
class TwoModels:
    """One method learns from who was approached, one from who was held out; the uplift is their difference.

    The two-model approach, or T-learner (Hansotia & Rukstales 2002; Künzel et al. 2019). Neither is asked for the
    difference, so errors of both are in it.
    """

    learner: Annotated[CustomerModel, Field(description="the method of each arm: one that foretells events")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Uplifts."""
        return ("uplift",)

    def fit(self, past: CustomerPast) -> FittedTwo:
        """Fit both. Raises DataError where an arm is empty or had one outcome only."""
        return FittedTwo(self.learner.fit(arm(past, treated=True)), self.learner.fit(arm(past, treated=False)))

    def from_state(self, state: State) -> FittedTwo:
        """The fitted method that ``state`` describes."""
        return FittedTwo(**{name: self.learner.from_state(part) for name, part in apart(state).items()})


PART = TwoModels
