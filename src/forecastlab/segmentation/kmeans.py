"""Customers who are alike: clusters that k-means finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import ConfigError, Fault
from forecastlab.segmentation._clusters import centres, chosen, nearest_centre
from forecastlab.segmentation._scale import Scale

NUMBERS = ("frequency", "money", "orders_total", "recency", "tenure", "rhythm", "last_gap", "longest_gap")
"""The numbers that every profile has."""


@dataclass(frozen=True)
class KMeansAssigner:
    """How columns become comparable, and the centres of the clusters, the one with the most money first."""

    scale: Scale
    centres: tuple[tuple[float, ...], ...]

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The cluster whose centre is nearest; of two equally near ones the first."""
        places = nearest_centre(self.scale.apply(profiles), np.array(self.centres))
        return pd.Series([_name(place) for place in places], index=profiles.index, dtype=object)


@dataclass(frozen=True)
class KMeans:
    """Customers who are alike in what they do: clusters found by k-means, numbered by how much money they spend.

    Each column is put on a common scale with what was known at the cutoff: a missing number becomes the median, with
    ``log1p`` large numbers are drawn in, then mean 0 and standard deviation 1; a column that is the same for everybody
    counts nothing. A dimension becomes one column of zeros and ones per value. ``cluster_1`` is the cluster whose
    customers spent the most on average. There are fewer clusters than ``k`` where there are fewer different customers.
    Lloyd's algorithm with k-means++ starts, by scikit-learn; always on one thread and on sorted customers, so that
    neither threads nor the order of rows change a result.
    """

    window: Annotated[str | None, Field(description="how far back frequency and money count; null: the whole past")]
    columns: Annotated[
        tuple[str, ...],
        Field(min_length=1, description="numbers of the profile, dimensions, or figures such as events.count"),
    ]
    log1p: Annotated[bool, Field(description="whether to take log(1 + x) of numbers (of -x, turned round, below zero)")]
    k: Annotated[int | None, Field(ge=2, le=50, description="number of clusters; null: the best silhouette")]
    k_min: Annotated[int, Field(ge=2, le=50, description="where k is null: the least number that is tried")]
    k_max: Annotated[int, Field(ge=2, le=50, description="where k is null: the greatest")]
    sample: Annotated[int, Field(ge=10, description="customers, at most, on whom the silhouette is computed")]
    n_init: Annotated[int, Field(ge=1, description="starts, of which the best is kept")]
    seed: Annotated[int, Field(ge=0, description="seed of the starts and of the sample")]

    @property
    def segments(self) -> tuple[str, ...]:
        """``cluster_1`` and so on, as many as there may be."""
        return tuple(_name(place) for place in range(self.k or self.k_max))

    @property
    def attributes(self) -> tuple[str, ...]:
        """The columns that are not among the numbers of every profile."""
        return tuple(column for column in self.columns if column not in NUMBERS)

    def fit(self, profiles: pd.DataFrame) -> KMeansAssigner:
        """Learn the scale and the centres. Raises ConfigError for a range without numbers or a column named twice."""
        faults = list(self._faults())
        if faults:
            raise ConfigError(faults)
        scale = Scale.learnt(profiles, self.columns, self.log1p)
        rows, money = _sorted(scale.apply(profiles), profiles["money"].to_numpy(float))
        numbers = (self.k,) if self.k else tuple(range(self.k_min, self.k_max + 1))
        k = chosen(rows, numbers, self.sample, self.n_init, self.seed)
        found = centres(rows, k, self.n_init, self.seed)
        return KMeansAssigner(scale, tuple(map(tuple, _by_money(found, rows, money).tolist())))

    def _faults(self) -> Iterator[Fault]:
        if self.k is None and self.k_min > self.k_max:
            what = f"k_min is {self.k_min}, k_max is {self.k_max}"
            yield Fault("bad-range", "segmentation.k_min", what, f"type segmentation.k_max={self.k_min}")
        if len(set(self.columns)) < len(self.columns):
            yield Fault("duplicate-column", "segmentation.columns", "a column is named twice", "name each once")


def _sorted(rows: NDArray[np.float64], money: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The customers in an order that depends on nothing but their numbers."""
    order = np.lexsort((money, *rows.T[::-1]))
    return np.ascontiguousarray(rows[order]), money[order]


def _by_money(found: NDArray[np.float64], rows: NDArray[np.float64], money: NDArray[np.float64]) -> NDArray[np.float64]:
    """The centres by the mean money of their customers, the most first; centres break ties, empty ones come last."""
    places = nearest_centre(rows, found)
    means = np.array([money[places == i].mean() if (places == i).any() else -np.inf for i in range(len(found))])
    return found[np.lexsort((*found.T[::-1], -means))]


def _name(place: int) -> str:
    return f"cluster_{place + 1}"


PART = KMeans
