"""A customer's own rhythm of buying, drawn towards that of all."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from forecastlab.btyd import rhythm
from forecastlab.btyd.fitted import NOBODY_TWICE
from forecastlab.btyd.rhythm import Gaps, Rhythm
from forecastlab.customer._waiting import mean_wait
from forecastlab.schema import ConfigError, DataError, Fault
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack


@dataclass(frozen=True)
class FittedRhythm:
    """The rhythm of all customers, and what is asked."""

    model: Rhythm
    kind: Kind
    event: str
    days: int
    remarks: tuple[str, ...]

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The mean wait, or the probability that something, or nothing, is bought within the horizon."""
        gaps = gaps_of(customers)
        if self.kind == "wait":
            return CustomerScores(mean_wait(lambda days: self.model.silent(gaps, days), len(gaps), self.days))
        silent = self.model.silent(gaps, [float(self.days)])[:, 0]
        return CustomerScores(silent if self.event == "silence" else 1 - silent)

    def state(self) -> State:
        """The few numbers of the rhythm."""
        return pack(asdict(self))


@dataclass(frozen=True)
class OwnRhythm:
    """Everybody buys in a rhythm of their own: the next purchase is due a usual gap after the last one, or never.

    Gaps are gamma distributed around a mean that differs between customers, and after each purchase a customer may be
    lost; the fewer gaps somebody has shown, the more those of all count. Regular shoppers as in Platzer & Reutterer
    (2016), Ticking away the moments; losses as in MBG/NBD, with one chance for all.
    """

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Events and waits."""
        return ("event", "wait")

    def fit(self, past: CustomerPast) -> FittedRhythm:
        """Find the most likely values, from all customers. Raises ConfigError, DataError."""
        if past.event == "other":
            what = "a rhythm of buying foretells whether something is bought, and this event is another one"
            raise ConfigError(Fault("wrong-method", "customer", what, "type customer=logistic"))
        gaps = gaps_of(past.known)
        if not gaps.n.any():
            raise DataError(Fault("no-fit", "customer", NOBODY_TWICE, "take more customers or a longer past"))
        found = rhythm.fit(gaps)
        remarks = (f"a fit ended at a bound: {found.reason}",) if found.reason else ()
        return FittedRhythm(found.model, past.kind, past.event, past.days, remarks)

    def from_state(self, state: State) -> FittedRhythm:
        """The fitted method that ``state`` describes."""
        told = unpack(state)
        return FittedRhythm(Rhythm(**told.pop("model")), **told)


def gaps_of(customers: pd.DataFrame) -> Gaps:
    """How many gaps each customer has shown, their sum, and the silence since, in days."""
    orders, tenure, recency = (customers[name].to_numpy(dtype=np.float64) for name in ("orders", "tenure", "recency"))
    return Gaps(orders - 1, tenure - recency, recency)


PART = OwnRhythm
