"""The models of buying by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Literal

from forecastlab.btyd import beta_geometric, pareto_nbd
from forecastlab.btyd.beta_geometric import BetaGeometric
from forecastlab.btyd.buyers import Buyers
from forecastlab.btyd.fitted import Fit
from forecastlab.btyd.pareto_nbd import Pareto

Name = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]
Process = BetaGeometric | Pareto


def fit(name: Name, buyers: Buyers) -> Fit[BetaGeometric] | Fit[Pareto]:
    """The named model, fitted to customers. Raises ValueError for nobody."""
    return pareto_nbd.fit(buyers) if name == "pareto_nbd" else beta_geometric.fit(buyers, name == "mbg_nbd")


def values(process: Process) -> list[float]:
    """The four values of a model."""
    return [float(value) for value in astuple(process)[:4]]


def of_values(name: Name, found: Sequence[float]) -> Process:
    """The named model with these values."""
    first, second, third, fourth = found
    if name == "pareto_nbd":
        return Pareto(first, second, third, fourth)
    return BetaGeometric(first, second, third, fourth, name == "mbg_nbd")
