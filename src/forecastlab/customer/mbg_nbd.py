"""MBG/NBD with Gamma-Gamma for customers."""

from __future__ import annotations

from dataclasses import dataclass

from forecastlab.btyd import beta_geometric
from forecastlab.customer._buying import FittedBuying, buying_from, fit_buying
from forecastlab.schema.customers import CustomerPast, Kind
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class MbgNbd:
    """As BG/NBD, but a customer may be lost right after the first purchase, so one-time buyers are told apart too.

    MBG/NBD (Batislam, Denizel & Filiztekin 2007) for purchases, Gamma-Gamma (Fader & Hardie 2013) for money.
    """

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait")

    def fit(self, past: CustomerPast) -> FittedBuying:
        """Find the most likely values. Raises ConfigError, DataError."""
        return fit_buying(past, lambda buyers: beta_geometric.fit(buyers, at_first=True))

    def from_state(self, state: State) -> FittedBuying:
        """The fitted method that ``state`` describes."""
        return buying_from(state, beta_geometric.BetaGeometric)


PART = MbgNbd
