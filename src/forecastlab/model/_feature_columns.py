"""The columns of several features as one table, and what each column is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Feature, Grid

Floats = NDArray[np.float64]
Columns = dict[str, Floats]


def columns_at(features: Mapping[str, Feature], grid: Grid, at: NDArray[np.intp]) -> dict[str, Floats]:
    """All features at the positions ``at``: arrays of shape (series, positions) by feature and column."""
    built = ((name, feature.build(grid, at)) for name, feature in features.items())
    return {f"{name}.{column}": values for name, columns in built for column, values in columns.items()}


def moved_by_values(features: Mapping[str, Feature], grid: Grid, found: Columns) -> set[str]:
    """The columns made of past values: those that are others when all values are twice as large."""
    return _moved(features, replace(grid, values=2 * grid.values), found)


def moved_by_drivers(features: Mapping[str, Feature], grid: Grid, found: Columns) -> set[str]:
    """The columns made of drivers."""
    return _moved(features, replace(grid, drivers={name: 2 * values for name, values in grid.drivers.items()}), found)


def _moved(features: Mapping[str, Feature], other: Grid, found: Columns) -> set[str]:
    now = columns_at(features, other, np.arange(len(other.ds)))
    return {name for name, values in found.items() if not np.array_equal(values, now[name], equal_nan=True)}
