"""What may explain sales, in the period itself and before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import ConfigError, Fault, Grid, nearest

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drivers:
    """What may explain sales, in the period itself and before it: promotions, prices, holidays, the economy.

    One column per driver column and lag: ``promotions.display`` for lag 0, the period itself, and
    ``promotions.display.lag2`` for two periods before. No columns where the question has no drivers. The value of an
    asked period is what the driver's declared rule says, never what came to be.
    """

    columns: Annotated[
        tuple[str, ...] | None, Field(description="those that are used, such as promotions.display; null: all")
    ]
    lags: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...],
        Field(min_length=1, description="how many periods back, one column each; 0: the period itself"),
    ]

    def build(self, grid: Grid, at: NDArray[np.intp]) -> dict[str, Floats]:
        """Columns for the positions ``at``, each of shape (series, len(at)); NaN before the calendar begins.

        Raises ConfigError for a column that no driver has.
        """
        there = list(grid.drivers)
        unknown = [name for name in self.columns or () if name not in there]
        if unknown:
            what = f"there are {', '.join(there) or 'no drivers'}"
            raise ConfigError(
                Fault("unknown-driver", "features.drivers.columns", f"found {name}, {what}", nearest(name, there))
                for name in unknown
            )
        wanted = there if self.columns is None else self.columns
        return {_named(name, lag): _back(grid.drivers[name], at, lag) for name in wanted for lag in self.lags}


def _named(name: str, lag: int) -> str:
    return f"{name}.lag{lag}" if lag else name


def _back(values: Floats, at: NDArray[np.intp], lag: int) -> Floats:
    """The values ``lag`` periods before each position; NaN before the calendar begins."""
    from_ = at - lag
    return np.where(from_ >= 0, values[:, np.maximum(from_, 0)], np.nan)


PART = Drivers
