"""What these models know of a customer: how often, how lately and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Buyers:
    """One row per customer, times in one unit of your choice.

    ``x`` is the number of repeat purchases (the first one not counted), ``t_x`` the time from the first purchase to the
    last one (0 where x is 0), ``age`` the time from the first purchase to the end of what was observed (T in the
    literature). Raises ValueError where shapes differ or 0 ≤ t_x ≤ age, x ≥ 0 does not hold.
    """

    x: Floats
    t_x: Floats
    age: Floats

    def __post_init__(self) -> None:
        if not len(self.x) == len(self.t_x) == len(self.age):
            raise ValueError(f"x, t_x and age differ in length: {len(self.x)}, {len(self.t_x)}, {len(self.age)}")
        whole = (self.x >= 0) & (self.t_x >= 0) & (self.t_x <= self.age) & np.isfinite(self.age)
        if not whole.all():
            raise ValueError(f"{(~whole).sum()} of {len(self.x)} customers break 0 <= x, 0 <= t_x <= age")
        if (self.t_x[self.x == 0] > 0).any():
            raise ValueError("a customer without a repeat purchase has a time of the last one")

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Ints | NDArray[np.bool_] | slice) -> Buyers:
        """Some of the customers."""
        return Buyers(self.x[rows], self.t_x[rows], self.age[rows])


@dataclass(frozen=True)
class Alike:
    """Customers who cannot be told apart counted once: ``rows`` and how many there are of each (``weight``).

    ``of[i]`` is the row of customer i. Rows are sorted, so that sums do not depend on the order of the customers.
    """

    rows: Buyers
    weight: Floats
    of: Ints


def alike(buyers: Buyers) -> Alike:
    """Count customers with the same x, t_x and age once; the time grows with the number of customers, not n log n."""
    of = np.zeros(len(buyers), dtype=np.int64)
    for column in (buyers.x, buyers.t_x, buyers.age):
        found, distinct = pd.factorize(column)
        of, rows_so_far = pd.factorize(of * len(distinct) + found)
    first = np.empty(len(rows_so_far), dtype=np.intp)
    first[of[::-1]] = np.arange(len(of))[::-1]  # the earliest customer of each row is written last
    rows = buyers.take(first)
    order = np.lexsort((rows.age, rows.t_x, rows.x))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    weight = np.bincount(of, minlength=len(order)).astype(float)
    return Alike(rows.take(order), weight[order], rank[of])
