"""What is asked of a model, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import names


@dataclass(frozen=True)
class Future:
    """The periods asked for, made from dates and declared drivers alone, and the quantile levels wanted.

    ``ds`` are the asked periods, the gap already passed; ``lead`` is how many periods lie between the cutoff and the
    first of them, plus one (1 without a gap). ``drivers`` holds, by name, what the declared rule of each driver says
    of all periods after the cutoff, those of the gap included: arrays of shape (series, ``reach``).
    """

    ds: pd.DatetimeIndex
    lead: int = 1
    levels: tuple[float, ...] = ()
    drivers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def steps(self) -> NDArray[np.intp]:
        """Distance of each asked period from the cutoff, 1 for the next one."""
        return np.arange(self.lead, self.lead + len(self.ds))

    @property
    def reach(self) -> int:
        """Periods from the cutoff to the last asked one."""
        return self.lead + len(self.ds) - 1

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Future:
        """The same periods for some of the series."""
        rows = np.asarray(rows, dtype=np.intp)
        return replace(self, drivers={name: values[rows] for name, values in self.drivers.items()})


@dataclass(frozen=True)
class Forecast:
    """The answer: ``yhat[i, j]`` for series ``ids[i]`` in asked period ``j``; quantiles where the model has its own.

    ``quantiles`` maps a level such as 0.9 to an array of the shape of ``yhat``.
    """

    ids: NDArray[np.str_]
    ds: pd.DatetimeIndex
    yhat: NDArray[np.float64]
    quantiles: Mapping[float, NDArray[np.float64]] = field(default_factory=dict)

    def to_long(self) -> pd.DataFrame:
        """The long frame ``unique_id, ds, yhat, q…``, series by series."""
        n, h = self.yhat.shape
        columns: dict[str, object] = {
            names.SERIES: np.repeat(self.ids, h),
            names.DS: np.tile(self.ds.to_numpy(), n),
            names.YHAT: self.yhat.ravel(),
        }
        columns |= {quantile_column(level): values.ravel() for level, values in sorted(self.quantiles.items())}
        return pd.DataFrame(columns)


def quantile_column(level: float) -> str:
    """The column name of a quantile level: 0.025 → ``q0.025``."""
    return f"q{level:g}"


def quantile_columns(frame: pd.DataFrame) -> dict[float, str]:
    """The quantile columns of a frame, by level in rising order."""
    found = {float(name[1:]): name for name in frame.columns if name[:1] == "q" and name[1:2].isdigit()}
    return dict(sorted(found.items()))
