"""BG/NBD with Gamma-Gamma for customers."""

from __future__ import annotations

from dataclasses import dataclass

from forecastlab.btyd import beta_geometric
from forecastlab.customer._buying import FittedBuying, buying_from, fit_buying
from forecastlab.schema.customers import CustomerPast, Kind
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class BgNbd:
    """Customers buy at a pace of their own until, after some purchase, they are lost; what they spend is apart from it.

    BG/NBD (Fader, Hardie & Lee 2005) for purchases, Gamma-Gamma (Fader & Hardie 2013) for money. Who bought once is
    held alive for sure, so for them P(alive) is uninformative and only the pace speaks: see ``mbg_nbd`` and
    ``pareto_nbd``.
    """

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait")

    def fit(self, past: CustomerPast) -> FittedBuying:
        """Find the most likely values. Raises ConfigError, DataError."""
        return fit_buying(past, lambda buyers: beta_geometric.fit(buyers, at_first=False))

    def from_state(self, state: State) -> FittedBuying:
        """The fitted method that ``state`` describes."""
        return buying_from(state, beta_geometric.BetaGeometric)


PART = BgNbd
