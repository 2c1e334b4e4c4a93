"""Customer value from the stages of the past, later ones counting for more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

Weight = Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class _Fitted:
    weights: tuple[float, float, float]
    margin: float
    days: int
    window: int

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The weighted mean of what a day brought in each stage that the customer has lived through."""
        age = customers["tenure"].to_numpy(dtype=np.float64) + 1
        money = [customers[name].to_numpy(dtype=np.float64) for name in ("money_recent", "money_before")]
        stages = np.column_stack([*money, customers["money"].to_numpy(dtype=np.float64) - money[0] - money[1]])
        starts = np.array([0, self.window, 2 * self.window])
        lived = np.clip(age[:, None] - starts, 0, [self.window, self.window, np.inf])
        counted = np.asarray(self.weights) * (lived > 0)
        whole = counted.sum(axis=1)
        a_day = (counted * stages / np.maximum(lived, 1)).sum(axis=1) / np.where(whole > 0, whole, 1.0)
        return CustomerScores(self.margin * self.days * a_day)

    def state(self) -> State:
        """What it was asked; nothing is learned."""
        return pack(asdict(self))


@dataclass(frozen=True)
class TimeWeighted:
    """The contribution of each stage of the past, weighted by time: lately, the window before, and all before that.

    What a day brought in a stage is averaged with the weights of the stages that the customer has lived through.
    """

    weights: Annotated[
        tuple[Weight, Weight, Weight], Field(description="weights of the recent window, the one before, and the rest")
    ]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Amounts."""
        return ("amount",)

    def fit(self, past: CustomerPast) -> _Fitted:
        """There is nothing to learn."""
        return _Fitted(self.weights, past.margin, past.days, past.window)

    def from_state(self, state: State) -> _Fitted:
        """The fitted method that ``state`` describes."""
        return _Fitted(**unpack(state))


PART = TimeWeighted
