"""Columns of profiles made comparable, with what was learnt from the customers of one fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

ROUNDING = 1e-12
"""Numbers that differ by less, relative to their size, are the same: dividing by it would make noise of them."""


@dataclass(frozen=True)
class Column:
    """One number per customer: of the column itself, or whether the column has the value ``equals``."""

    source: str
    equals: str | None
    missing: float
    log1p: bool
    mean: float
    deviation: float

    def apply(self, profiles: pd.DataFrame) -> NDArray[np.float64]:
        """Mean 0 and deviation 1 over the customers it was learnt from."""
        return (self.raw(profiles) - self.mean) / self.deviation

    def raw(self, profiles: pd.DataFrame) -> NDArray[np.float64]:
        """The numbers before they are put on the common scale."""
        if self.equals is not None:
            return np.asarray(profiles[self.source] == self.equals, dtype=np.float64)
        numbers = profiles[self.source].to_numpy(float)
        numbers = np.where(np.isfinite(numbers), numbers, self.missing)
        return np.sign(numbers) * np.log1p(np.abs(numbers)) if self.log1p else numbers


@dataclass(frozen=True)
class Scale:
    """The columns that tell customers apart."""

    columns: tuple[Column, ...]

    def apply(self, profiles: pd.DataFrame) -> NDArray[np.float64]:
        """One row per profile, one column per column."""
        if not self.columns:
            return np.zeros((len(profiles), 0))
        return np.column_stack([column.apply(profiles) for column in self.columns])

    @staticmethod
    def learnt(profiles: pd.DataFrame, names: tuple[str, ...], log1p: bool) -> Scale:
        """The scale of these customers; one that is the same for all of them is left out."""
        found = [column for name in names for column in _columns(profiles, name, log1p)]
        return Scale(tuple(column for column in found if column.deviation > 0))


def _columns(profiles: pd.DataFrame, name: str, log1p: bool) -> list[Column]:
    values = profiles[name]
    if values.empty:
        return []
    if is_numeric_dtype(values):
        known = values.to_numpy(float)
        known = known[np.isfinite(known)]
        return [_measured(profiles, Column(name, None, float(np.median(known)) if len(known) else 0.0, log1p, 0, 1))]
    stated = sorted(set(values.dropna()))
    return [_measured(profiles, Column(name, value, 0.0, False, 0, 1)) for value in stated]


def _measured(profiles: pd.DataFrame, column: Column) -> Column:
    """The column with the mean and deviation of its numbers; sorted first, so that the order of rows is no matter."""
    numbers = np.sort(column.raw(profiles))
    deviation = float(numbers.std())
    if deviation <= ROUNDING * float(np.abs(numbers).max()):
        deviation = 0.0
    return Column(column.source, column.equals, column.missing, column.log1p, float(numbers.mean()), deviation)
