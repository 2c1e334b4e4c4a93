"""Discounted customer value: later money counts for less, and not everybody stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.customer._worth import Churn, daily_loss, daily_money, time_alive
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

YEAR = 365.25


@dataclass(frozen=True)
class _Fitted:
    a_day: float
    margin: float
    window: int

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """Money a day, times the days that count."""
        return CustomerScores(self.margin * self.a_day * daily_money(customers, self.window))

    def state(self) -> State:
        """What a unit of money a day comes to."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Dcf:
    """Money goes on at its pace, less those who are lost on the way and less interest: discounted cash flow.

    Days are counted at ``exp(-(loss + interest) t)``, continuously: the expected discounted time as a customer.
    """

    rate: Annotated[float, Field(ge=0, description="interest in a year, such as 0.1")]
    churn: Churn

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Amounts."""
        return ("amount",)

    def fit(self, past: CustomerPast) -> _Fitted:
        """Learn how many are lost, unless that is given."""
        import math

        loss = daily_loss(past, self.churn) + math.log1p(self.rate) / YEAR
        return _Fitted(time_alive(loss, past.days), past.margin, past.window)

    def from_state(self, state: State) -> _Fitted:
        """The fitted method that ``state`` describes."""
        return _Fitted(**unpack(state))


PART = Dcf
