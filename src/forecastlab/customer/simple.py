"""Customer value in one line: basket times purchases, over and above what winning the customer cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecastlab.customer._worth import CostField, cost_of
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class _Fitted:
    part: Simple
    margin: float
    days: int
    window: int

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The mean basket times the purchases of the recent window, as many again in the horizon."""
        basket, orders = (customers[name].to_numpy(dtype=np.float64) for name in ("basket", "orders_recent"))
        profit = self.margin * basket * orders * self.days / self.window
        return CustomerScores(profit - cost_of(customers, self.part.acquisition, "acquisition"))

    def state(self) -> State:
        """What it was asked; nothing is learned."""
        return pack({"margin": self.margin, "days": self.days, "window": self.window})


@dataclass(frozen=True)
class Simple:
    """Profit over acquisition cost: the mean basket, times how often was bought lately, less what winning cost.

    Purchases of the recent window are taken to go on through the horizon.
    """

    acquisition: CostField

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


PART = Simple
