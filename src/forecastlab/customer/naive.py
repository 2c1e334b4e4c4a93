"""The baseline: silence tells of leaving, and what was spent will be spent."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from forecastlab.schema.customers import CustomerPast, CustomerScores, Floats, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class _ByRecency:
    """The share of customers with the event, or their mean wait, by the days since the last purchase.

    Between the days of the rule it is on a straight line, beyond them as at the first and the last; of prospects, who
    have not bought, it is ``never``.
    """

    days: Floats
    shares: Floats
    never: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The share, or the wait, at each customer's recency; of prospects, who have none, their own share."""
        recency = customers["recency"].to_numpy(dtype=float)
        found = np.interp(recency, self.days, self.shares)
        return CustomerScores(np.where(np.isfinite(recency), found, self.never))

    def state(self) -> State:
        """The rule."""
        return pack(asdict(self))


@dataclass(frozen=True)
class _LastWindow:
    """What was spent within the window, times what that came to at earlier moments."""

    factor: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The money of the horizon."""
        return CustomerScores(self.factor * customers["money_recent"].to_numpy(dtype=np.float64))

    def state(self) -> State:
        """The factor."""
        return pack(asdict(self))


@dataclass(frozen=True)
class _Alike:
    """The same for all."""

    effect: float

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """What approaching adds on average."""
        return CustomerScores(np.full(len(customers), self.effect))

    def state(self) -> State:
        """What it adds."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Naive:
    """The longer a customer is silent, the likelier gone; and who spent so much lately will spend so much again.

    Events and waits: the share of events, or the mean wait, at each recency in the rows learned from, made monotone
    (isotonic regression, Barlow et al. 1972, by scikit-learn). Amounts: money of the recent window, times one factor
    for all with which it would have been right in total at the earlier moments (it holds the length of the horizon and
    the margin). Uplifts: what approaching added on average, the same for all: a list in an order by chance.
    """

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait", "uplift")

    def fit(self, past: CustomerPast) -> _ByRecency | _LastWindow | _Alike:
        """Learn how the event, or the wait, goes with recency, what money comes to, or what approaching adds."""
        if past.kind == "uplift":
            return _Alike(past.average)
        if past.kind == "amount":
            spent = float(past.rows["money_recent"].sum())
            return _LastWindow(float(past.label.sum()) / spent if spent > 0 else 0.0)
        from sklearn.isotonic import IsotonicRegression

        rule = IsotonicRegression(increasing="auto", out_of_bounds="clip")
        recency = past.rows["recency"].to_numpy(dtype=float)
        bought = np.isfinite(recency)
        mean = float(past.label.mean())
        never = mean if bought.all() else float(past.label[~bought].mean())
        if not bought.any():
            return _ByRecency(np.zeros(1), np.full(1, mean), never)
        rule.fit(recency[bought], past.label[bought])
        return _ByRecency(np.asarray(rule.X_thresholds_), np.asarray(rule.y_thresholds_), never)

    def from_state(self, state: State) -> _ByRecency | _LastWindow | _Alike:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        if "factor" in found:
            return _LastWindow(**found)
        return _Alike(**found) if "effect" in found else _ByRecency(**found)


PART = Naive
