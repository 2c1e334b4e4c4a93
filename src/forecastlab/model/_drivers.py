"""Drivers from the past into the asked periods, and as columns that a model can be fitted on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import DataError, Fault, Future, Grid

Floats = NDArray[np.float64]


def onward(grid: Grid, future: Future) -> dict[str, Floats]:
    """The drivers of a past carried on into all periods after it: arrays of shape (series, periods + reach).

    Raises DataError where a future has other drivers than the past.
    """
    check_same(grid.drivers, future.drivers)
    return {name: np.hstack([values, future.drivers[name]]) for name, values in grid.drivers.items()}


def check_same(known: Collection[str], found: Collection[str]) -> None:
    """Raise DataError, with every fault, where drivers are not those that a model was fitted with."""
    faults = [
        Fault("missing-driver", f"driver.{name}", "the model was fitted with it, and now there are no values of it")
        for name in sorted({*known} - {*found})
    ]
    faults += [
        Fault("unknown-driver", f"driver.{name}", "there are values of it, and the model was fitted without it")
        for name in sorted({*found} - {*known})
    ]
    if faults:
        raise DataError(faults)


@dataclass(frozen=True)
class Columns:
    """Which drivers of one series a model was fitted on, and the mean and spread by which they were standardised."""

    names: tuple[str, ...]
    means: Floats
    spread: Floats

    def of(self, drivers: Mapping[str, Floats], i: int, first: int = 0) -> Floats | None:
        """The columns of series ``i`` from period ``first`` on, standardised: (periods, columns); None without any."""
        if not self.names:
            return None
        found: Floats = (np.column_stack([drivers[name][i, first:] for name in self.names]) - self.means) / self.spread
        return found


def choose(drivers: Mapping[str, Floats], i: int, first: int) -> Columns:
    """The drivers of series ``i`` that say something of their own from period ``first`` on.

    What does not vary, or is a mixture of those before it, is left out: no fit could tell what is due to it.
    """
    names: list[str] = []
    basis = [np.ones(next(iter(drivers.values())).shape[1] - first) if drivers else np.ones(0)]
    for name, values in drivers.items():
        column = values[i, first:]
        rest = column
        for known in basis:  # twice, because once leaves the rounding of large numbers behind
            rest = rest - known * (known @ rest) / (known @ known) if len(known) else rest
        for known in basis:
            rest = rest - known * (known @ rest) / (known @ known) if len(known) else rest
        if len(rest) and np.abs(rest).max() > 1e-8 * np.abs(column).max():
            names.append(name)
            basis.append(rest)
    columns = [drivers[name][i, first:] for name in names]
    means = np.array([column.mean() for column in columns])
    return Columns(tuple(names), means, np.array([column.std() for column in columns]))
