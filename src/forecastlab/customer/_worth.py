"""What the formulas of customer value share: what a customer brought so far, costs, and how many stay."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.schema import ConfigError, Fault, nearest
from forecastlab.schema.customers import CustomerPast, Floats

Cost = float | str
"""A constant per customer, or the name of a feature that holds it."""

CostField = Annotated[Cost, Field(description="per customer: an amount, or the feature that holds it")]
Churn = Annotated[
    float | None,
    Field(gt=0, lt=1, description="share of customers lost within a horizon; null: as at earlier moments"),
]


def cost_of(customers: pd.DataFrame, cost: Cost, key: str) -> Floats:
    """The cost of each customer; one that is not known is 0. Raises ConfigError for a feature that there is not."""
    if not isinstance(cost, str):
        return np.full(len(customers), float(cost))
    if cost not in customers:
        there = [str(column) for column in customers]
        what = f"found {cost}, features are {', '.join(there)}"
        raise ConfigError(Fault("unknown-feature", f"customer.{key}", what, nearest(cost, there)))
    known: Floats = np.nan_to_num(customers[cost].to_numpy(dtype=np.float64))
    return known


def life_cycle_value(revenue: Floats, acquisition: Floats, retention: Floats) -> Floats:
    """What is left of a customer's revenue over the life cycle: revenue - (acquisition + retention cost)."""
    left: Floats = revenue - (acquisition + retention)
    return left


def life_cycle_revenue(per_period: Floats, churn: float) -> Floats:
    """Revenue over a life whose mean length is 1 / churn periods: of 30 a period with 10 % churn, 300."""
    found: Floats = per_period / churn
    return found


def daily_money(customers: pd.DataFrame, window: int) -> Floats:
    """Money a day since the first purchase; a customer younger than the window counts as that old."""
    days = np.maximum(customers["tenure"].to_numpy(dtype=np.float64) + 1, window)
    rate: Floats = customers["money"].to_numpy(dtype=np.float64) / days
    return rate


def daily_loss(past: CustomerPast, churn: float | None) -> float:
    """The rate at which customers are lost, per day: ``churn`` within a horizon, or as it was at earlier moments."""
    silent = float((past.label <= 0).mean())
    lost = min(max(silent, 1 / (len(past.label) + 1)), 1 - 1 / (len(past.label) + 1)) if churn is None else churn
    return float(-np.log1p(-lost) / past.days)


def time_alive(loss: float, days: float) -> float:
    """Mean days within the horizon before a customer is lost."""
    return float(-np.expm1(-loss * days) / loss)
