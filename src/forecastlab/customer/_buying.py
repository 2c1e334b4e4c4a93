"""Models of buying and stopping as methods for customers: what the three of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import pandas as pd

from forecastlab.btyd import gamma_gamma
from forecastlab.btyd.buyers import Buyers
from forecastlab.btyd.fitted import NOBODY_TWICE, Fit
from forecastlab.btyd.gamma_gamma import GammaGamma
from forecastlab.customer._waiting import mean_wait
from forecastlab.schema import ConfigError, DataError, Fault
from forecastlab.schema.customers import CustomerPast, CustomerScores, Floats, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


class Buying(Protocol):
    """A fitted model of buying and stopping, a frozen dataclass of numbers; times in days."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def p_active(self, buyers: Buyers, horizons: Sequence[float] | Floats) -> Floats:
        """The probability of at least one purchase within each horizon, shape (customers, horizons)."""
        ...

    def expected(self, buyers: Buyers, horizons: Sequence[float]) -> Floats:
        """Expected purchases within each horizon, shape (customers, horizons)."""
        ...


M = TypeVar("M", bound=Buying)


@dataclass(frozen=True)
class FittedBuying:
    """A model of purchases and, for amounts, one of what they cost."""

    model: Buying
    spend: GammaGamma | None
    kind: Kind
    event: str
    margin: float
    days: int
    remarks: tuple[str, ...]

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability that something, or nothing, is bought within the horizon; its money; or the mean wait."""
        buyers = buyers_of(customers)
        if self.kind == "wait":
            return CustomerScores(mean_wait(lambda days: 1 - self.model.p_active(buyers, days), len(buyers), self.days))
        if self.spend is not None:
            coming = self.model.expected(buyers, [self.days])[:, 0]
            return CustomerScores(self.margin * coming * self.spend.spend(*_spent(customers)))
        active = self.model.p_active(buyers, [self.days])[:, 0]
        return CustomerScores(1 - active if self.event == "silence" else active)

    def state(self) -> State:
        """The few numbers of both models."""
        return pack(asdict(self))


def buying_from(state: State, model: Callable[..., Buying]) -> FittedBuying:
    """The fitted method that ``state`` describes; ``model`` makes a model of buying of its numbers."""
    found = unpack(state)
    spend = found.pop("spend")
    return FittedBuying(model(**found.pop("model")), GammaGamma(**spend) if spend is not None else None, **found)


def fit_buying(past: CustomerPast, fit: Callable[[Buyers], Fit[M]]) -> FittedBuying:
    """Learn from everybody as known at the cutoff, asked or not: leaving the lost out would make all look alive.

    A fit that ran to a bound is used, with a remark. Raises ConfigError for an event that is no matter of buying,
    DataError where nobody has bought twice.
    """
    if past.event == "other":
        what = "models of buying foretell whether something is bought, and this event is another one"
        raise ConfigError(Fault("wrong-method", "customer", what, "type customer=logistic"))
    buyers = buyers_of(past.known)
    if not buyers.x.any():
        raise DataError(Fault("no-fit", "customer", NOBODY_TWICE, "take more customers or a longer past"))
    found = fit(buyers)
    spend = _spend(past) if past.kind == "amount" else None
    reasons = [found.reason, spend.reason if spend is not None else ""]
    remarks = tuple(f"a fit ended at a bound: {reason}" for reason in reasons if reason)
    model = spend.model if spend is not None else None
    return FittedBuying(found.model, model, past.kind, past.event, past.margin, past.days, remarks)


def buyers_of(customers: pd.DataFrame) -> Buyers:
    """Repeat purchases, the time of the last one and the age of each customer, in days."""
    age, recency, orders = (customers[name].to_numpy(dtype=np.float64) for name in ("tenure", "recency", "orders"))
    return Buyers(orders - 1, age - recency, age)


def _spend(past: CustomerPast) -> Fit[GammaGamma]:
    """What purchases cost, learned from customers who came back and paid. Raises DataError."""
    n, mean = _spent(past.known)
    paid = (n > 0) & (mean > 0)
    if not paid.any():
        raise DataError(Fault("no-fit", "customer", "nobody has paid for a second purchase", "take a longer past"))
    found = gamma_gamma.fit(n[paid], mean[paid])
    if found.model.q <= 1:
        why = "the mean spend of all customers is not finite (q at most 1)"
        raise DataError(Fault("no-fit", "customer", why, "choose a method that learns from rows, such as xgboost"))
    return found


def _spent(customers: pd.DataFrame) -> tuple[Floats, Floats]:
    """Repeat purchases that were paid for, and their mean money; 0 purchases where more was brought back than paid."""
    repeats = customers["orders"].to_numpy(dtype=np.float64) - 1
    money = customers["repeat_money"].to_numpy(dtype=np.float64)
    n = np.where(money > 0, repeats, 0.0)
    return n, np.where(n > 0, money / np.maximum(n, 1), 0.0)
