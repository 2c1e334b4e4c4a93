"""Features as a table of numbers: standardised, holes filled, categories as columns; learned from the rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecastlab.schema.customers import CustomerPast, Floats


@dataclass(frozen=True)
class Design:
    """The columns that a method gets, and how they are made of features.

    ``names`` says of which feature each column is. Numbers are there as they are (``plain``: trees know what to do with
    holes) or as their logarithm, standardised, with holes at the mean and a column of their own that marks them.
    """

    numbers: tuple[str, ...]
    levels: tuple[tuple[str, tuple[str, ...]], ...]
    marked: tuple[str, ...]
    means: Floats
    spreads: Floats
    plain: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The feature of each column."""
        own = [feature for feature, values in self.levels for _ in values]
        return (*self.numbers, *self.marked, *own)

    def table(self, customers: pd.DataFrame) -> Floats:
        """The columns for these customers, shape (customers, columns)."""
        raw = customers[list(self.numbers)].to_numpy(dtype=np.float64)
        holes = [customers[name].isna().to_numpy(dtype=np.float64) for name in self.marked]
        own = [
            (customers[feature].to_numpy(dtype=object) == value).astype(np.float64)
            for feature, values in self.levels
            for value in values
        ]
        if not self.plain:
            raw = np.nan_to_num((squeezed(raw) - self.means) / self.spreads)
        return np.column_stack([raw, *holes, *own])

    def by_feature(self, terms: Floats) -> pd.DataFrame:
        """Terms of the columns (customers, columns) added up by feature."""
        frame = pd.DataFrame(terms.T).groupby(np.asarray(self.names), sort=False).sum().T
        return frame.reset_index(drop=True)


def squeezed(values: Floats) -> Floats:
    """The logarithm of money and counts, on both sides of zero: sign(x) log(1 + |x|)."""
    return np.sign(values) * np.log1p(np.abs(values))


def design(past: CustomerPast, plain: bool) -> Design:
    """Learn the columns from the rows: means, spreads, which features have holes, and the values of categories."""
    rows = past.rows
    values = squeezed(rows[list(past.numbers)].to_numpy(dtype=np.float64))
    known = np.isfinite(values)
    counts = known.sum(axis=0)
    # A feature that nobody has, or that is the same for all, says nothing: it becomes a column of zeros.
    means = np.where(counts > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(counts, 1), 0.0)
    squares = np.where(known, (values - means) ** 2, 0.0).sum(axis=0) / np.maximum(counts, 1)
    spreads = np.where(squares > 0, np.sqrt(squares), np.inf)
    holes = [name for i, name in enumerate(past.numbers) if not known[:, i].all()]
    levels = tuple((name, _values(rows[name])) for name in past.categories)
    return Design(past.numbers, levels, () if plain else tuple(holes), means, spreads, plain)


def _values(column: pd.Series[str]) -> tuple[str, ...]:
    found: Sequence[str] = sorted(column.dropna().unique())
    return tuple(found)
