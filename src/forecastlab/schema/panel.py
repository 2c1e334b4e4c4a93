"""Many series on one calendar, and what a model may see of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import names
from forecastlab.schema.customer_base import CustomerBase
from forecastlab.schema.periods import Frequency


@dataclass(frozen=True)
class Grid:
    """Series as rows, periods as columns: ``values[i, t]`` is series ``ids[i]`` in the period that ends on ``ds[t]``.

    ``values`` is float64 of shape (series, periods). NaN stands before a series' first period and nowhere else.
    ``drivers`` holds, by name, what may explain the values: arrays of the same shape without NaN, with what was known
    of each period (not yet published values are filled by the driver's declared rule).
    """

    ids: NDArray[np.str_]
    ds: pd.DatetimeIndex
    values: NDArray[np.float64]
    drivers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @staticmethod
    def from_long(frame: pd.DataFrame, ds: pd.DatetimeIndex) -> Grid:
        """Lay the long frame ``unique_id, ds, y`` out on the calendar ``ds``; what is absent becomes NaN."""
        wide = frame.pivot(index=names.SERIES, columns=names.DS, values=names.Y).reindex(columns=ds).sort_index()
        return Grid(wide.index.to_numpy(dtype=str), ds, wide.to_numpy(dtype=float))

    def to_long(self) -> pd.DataFrame:
        """The long frame ``unique_id, ds, y`` without the NaN before a series' start."""
        n, t = self.values.shape
        frame = pd.DataFrame(
            {
                names.SERIES: np.repeat(self.ids, t),
                names.DS: np.tile(self.ds.to_numpy(), n),
                names.Y: self.values.ravel(),
            }
        )
        return frame[frame[names.Y].notna()].reset_index(drop=True)

    def series(self, i: int) -> NDArray[np.float64]:
        """The observed values of series ``i``, oldest first."""
        row: NDArray[np.float64] = self.values[i]
        return row[~np.isnan(row)]

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Grid:
        """The same calendar with the given series only."""
        rows = np.asarray(rows, dtype=np.intp)
        drivers = {name: values[rows] for name, values in self.drivers.items()}
        return Grid(self.ids[rows], self.ds, self.values[rows], drivers)


@dataclass(frozen=True)
class History:
    """All that a model sees of the past: series up to the cutoff, and what is known of each series.

    ``static`` has one row per series in the order of ``grid.ids``, indexed by ``unique_id``: ``level``, ``segment``
    and the log's dimensions. ``season`` is the season length in periods that the history can bear (1: none), and
    ``longer`` are further, longer ones, of which it holds two. ``base`` is the customer base behind all the series, for
    a model that says that it reads it (see ``ReadsBase``); else None.
    """

    grid: Grid
    freq: Frequency
    season: int
    static: pd.DataFrame
    base: CustomerBase | None = None
    longer: tuple[int, ...] = ()

    @property
    def seasons(self) -> tuple[int, ...]:
        """All seasons that it can bear, the usual one first; () without any."""
        return tuple(season for season in (self.season, *self.longer) if season > 1)

    @property
    def cutoff(self) -> pd.Timestamp:
        """The last day that was seen."""
        return self.grid.ds[-1]

    @cached_property
    def panel(self) -> pd.DataFrame:
        """The long frame ``unique_id, ds, y``."""
        return self.grid.to_long()

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> History:
        """The history of some series only."""
        rows = np.asarray(rows, dtype=np.intp)
        return replace(self, grid=self.grid.take(rows), static=self.static.iloc[rows])
