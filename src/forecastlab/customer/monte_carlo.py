"""Customer value by simulation: lives, purchases and spend are drawn many times."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._worth import Churn, daily_loss
from forecastlab.schema.customers import CustomerPast, CustomerScores, Floats, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

CHUNK = 20_000
"""Customers whose lives are held in memory at a time."""

MOST = 2_000
"""Purchases within the horizon that are drawn at most."""


@dataclass(frozen=True)
class _Fitted:
    """What all customers have in common: gamma-distributed paces (shape, days), the loss, the scatter of spend."""

    part: MonteCarlo
    shape: float
    spread: float
    loss: float
    scatter: float
    basket: float
    margin: float
    days: int
    levels: tuple[float, ...]

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The mean and the quantiles of the drawn lives."""
        parts = [self._some(customers.iloc[i : i + CHUNK]) for i in range(0, max(len(customers), 1), CHUNK)]
        found = np.concatenate(parts)
        return CustomerScores(found[:, 0], {level: found[:, 1 + i] for i, level in enumerate(self.levels)})

    def _some(self, customers: pd.DataFrame) -> Floats:
        draws = np.random.default_rng(self.part.seed)
        age, orders, recency, money = (
            customers[name].to_numpy(dtype=np.float64) for name in ("tenure", "orders", "recency", "money")
        )
        k, days = self.shape + orders - 1, self.spread + age
        # A customer's own mean, drawn towards that of all: one basket of all counts as one purchase of their own.
        basket = np.maximum(money + self.basket, 0.0) / (orders + 1)
        alive = np.exp(-self.loss * recency)
        paths = np.empty((len(customers), self.part.paths))
        for path in range(self.part.paths):  # the same draws for every customer: who else is asked does not matter
            stays, life, pace = draws.uniform(), draws.exponential(), draws.normal()
            arrivals = np.cumsum(draws.exponential(size=MOST))
            spent = np.append(0.0, np.cumsum(draws.lognormal(-(self.scatter**2) / 2, self.scatter, MOST)))
            # Wilson and Hilferty's approximation of a gamma variate by a normal one.
            rate = k * np.maximum(1 - 1 / (9 * k) + pace / (3 * np.sqrt(k)), 0.0) ** 3 / days
            exposed = np.minimum(life / self.loss, self.days) * (stays < alive)
            paths[:, path] = basket * spent[np.searchsorted(arrivals, rate * exposed)]
        told = [paths.mean(axis=1), *np.quantile(paths, list(self.levels), axis=1)]
        return self.margin * np.column_stack(told)

    def state(self) -> State:
        """What all customers have in common."""
        return pack({each.name: getattr(self, each.name) for each in fields(self) if each.name != "part"})


@dataclass(frozen=True)
class MonteCarlo:
    """A thousand possible lives of each customer: how long they stay, how often they buy, what they spend.

    Lives end at a constant rate; purchases come at random, at a pace drawn from a gamma distribution updated by the
    customer's own purchases (moments of all customers); spend scatters log-normally around the customer's mean.
    """

    paths: Annotated[int, Field(ge=10, description="lives that are drawn for each customer")]
    churn: Churn
    seed: Annotated[int, Field(ge=0, description="start of the random draws")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Amounts."""
        return ("amount",)

    def fit(self, past: CustomerPast) -> _Fitted:
        """Learn what customers have in common."""
        known = past.known
        age = np.maximum(known["tenure"].to_numpy(dtype=np.float64), past.window)
        repeats = known["orders"].to_numpy(dtype=np.float64) - 1
        pace = repeats.sum() / age.sum()
        # Variance of counts beyond that of random purchases, as a share of the squared mean: 1 / shape.
        extra = np.mean((repeats - pace * age) ** 2 - pace * age) / max(float(np.mean((pace * age) ** 2)), 1e-12)
        shape = 1 / min(max(float(extra), 0.05), 20.0)
        baskets = known["basket"].to_numpy(dtype=np.float64)
        paid = baskets[baskets > 0]
        scatter = float(np.std(np.log(paid))) if len(paid) > 1 else 0.0
        basket = float(paid.mean()) if len(paid) else 0.0
        spread = shape / max(pace, 1e-9)
        loss = daily_loss(past, self.churn)
        return _Fitted(self, shape, spread, loss, scatter, basket, past.margin, past.days, past.levels)

    def from_state(self, state: State) -> _Fitted:
        """The fitted method that ``state`` describes."""
        return _Fitted(self, **unpack(state))


PART = MonteCarlo
