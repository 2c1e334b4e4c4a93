"""Customer lifetime value as far as the horizon reaches: the money that each customer brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import duration_days
from forecastlab.schema.customers import Event, Floats, Kind, Look


@dataclass(frozen=True)
class Clv:
    """What every customer will bring within the horizon: money with returns taken off, times the margin.

    Asked is who bought within ``alive`` before the moment, or everybody who ever bought.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    margin: Annotated[float, Field(gt=0, le=1, description="share of the money that is earned; 1: revenue itself")]
    alive: Annotated[str | None, Field(description="who bought within this time is asked, such as 52 weeks; null: all")]
    look: Look

    @property
    def kind(self) -> Kind:
        """An amount."""
        return "amount"

    @property
    def event(self) -> Event:
        """Something is bought."""
        return "purchase"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Purchases are enough."""
        return ()

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Whoever did not buy for longer counts as gone. Raises ConfigError for what is no duration."""
        if self.alive is None:
            return np.full(len(known), "")
        gone = known["recency"].to_numpy(dtype=float) >= duration_days(self.alive, "target.alive")
        return np.where(gone, f"not bought for {self.alive}", "")

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """The money times the margin, in currency units."""
        return self.margin * after["money"].to_numpy(dtype=np.float64)


PART = Clv
