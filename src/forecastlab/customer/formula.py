"""Customer value by the textbook formula: revenue less the costs of winning and keeping."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from forecastlab.customer._worth import CostField, cost_of, daily_money, life_cycle_value
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class _Fitted:
    part: Formula
    margin: float
    days: int
    window: int

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """Revenue of the horizon at the pace so far, less the costs."""
        revenue = self.margin * daily_money(customers, self.window) * self.days
        won = cost_of(customers, self.part.acquisition, "acquisition")
        kept = cost_of(customers, self.part.retention, "retention")
        return CustomerScores(life_cycle_value(revenue, won, kept))

    def state(self) -> State:
        """What it was asked; nothing is learned."""
        return pack({"margin": self.margin, "days": self.days, "window": self.window})


@dataclass(frozen=True)
class Formula:
    """Revenue over the life cycle, less the cost of winning and of keeping the customer.

    The life cycle reaches as far as the horizon: revenue goes on at its pace since the first purchase.
    """

    acquisition: CostField
    retention: CostField

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Amounts."""
        return ("amount",)

    def fit(self, past: CustomerPast) -> _Fitted:
        """There is nothing to learn."""
        return _Fitted(self, past.margin, past.days, past.window)

    def from_state(self, state: State) -> _Fitted:
        """The fitted method that ``state`` describes."""
        return _Fitted(self, **unpack(state))


PART = Formula
