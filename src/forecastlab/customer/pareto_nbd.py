"""Pareto/NBD with Gamma-Gamma for customers."""

from __future__ import annotations

from dataclasses import dataclass

from forecastlab.btyd import pareto_nbd
from forecastlab.customer._buying import FittedBuying, buying_from, fit_buying
from forecastlab.schema.customers import CustomerPast, Kind
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class ParetoNbd:
    """Customers buy at a pace of their own and may be lost at any moment; what they spend is apart from it.

    Pareto/NBD (Schmittlein, Morrison & Colombo 1987) for purchases, Gamma-Gamma (Fader & Hardie 2013) for money.
    """

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait")

    def fit(self, past: CustomerPast) -> FittedBuying:
        """Find the most likely values. Raises ConfigError, DataError."""
        return fit_buying(past, pareto_nbd.fit)

    def from_state(self, state: State) -> FittedBuying:
        """The fitted method that ``state`` describes."""
        return buying_from(state, pareto_nbd.Pareto)


PART = ParetoNbd
