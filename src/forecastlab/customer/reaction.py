"""Who is likeliest to react if approached: the usual list, which does not ask who would have bought anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.customer._arms import arm
from forecastlab.schema.customers import CustomerModel, CustomerPast, CustomerScores, FittedCustomers, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import apart, pack, together, unpack


@dataclass(frozen=True)
class FittedReaction:
    """The method of those who were approached, and what approaching adds on average."""

    inner: FittedCustomers
    shift: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability of a reaction if approached, moved to the average uplift of the rows learned from."""
        return CustomerScores(self.inner.score(customers).values - self.shift)

    def state(self) -> State:
        """That of the method, and what it is moved by."""
        return together(inner=self.inner.state(), shift=pack(self.shift))


@dataclass(frozen=True)
class Reaction:
    """Customers in the order of how likely they react when approached, as if nobody bought without it.

    An opponent for methods of uplift: it learns from who was approached alone. Its scores are moved so that they are
    the average uplift on average; only their order says anything.
    """

    learner: Annotated[CustomerModel, Field(description="the method: one that foretells events")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Uplifts."""
        return ("uplift",)

    def fit(self, past: CustomerPast) -> FittedReaction:
        """Fit it to who was approached. Raises DataError where an arm is empty or had one outcome only."""
        arm(past, treated=False)  # there is something to compare with
        approached = arm(past, treated=True)
        return FittedReaction(self.learner.fit(approached), float(approached.label.mean()) - past.average)

    def from_state(self, state: State) -> FittedReaction:
        """The fitted method that ``state`` describes."""
        parts = apart(state)
        return FittedReaction(self.learner.from_state(parts["inner"]), unpack(parts["shift"]))


PART = Reaction
