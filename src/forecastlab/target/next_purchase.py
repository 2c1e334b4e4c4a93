"""Next purchase: how long each customer will wait before buying again."""

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
class NextPurchase:
    """How many days until each customer buys again, the horizon for those who do not within it.

    Nobody can wait for the last customer to return, so what is foretold is the restricted wait, min(wait, horizon): its
    mean is the area under the survival curve up to the horizon (Irwin 1949; Royston & Parmar 2013), and it is known of
    everybody once the horizon is over. Days count from the cutoff; a purchase within ``backtest.gap`` does not count.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    alive: Annotated[str | None, Field(description="who bought within this time is asked, such as 26 weeks; null: all")]
    look: Look

    @property
    def kind(self) -> Kind:
        """A wait."""
        return "wait"

    @property
    def event(self) -> Event:
        """Something is bought."""
        return "purchase"

    @property
    def margin(self) -> float:
        """No amount is foretold."""
        return 1.0

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
        """Whole days, from 1 to those of the horizon."""
        wait, days = (after[name].to_numpy(dtype=np.float64) for name in ("wait", "days"))
        restricted: Floats = np.fmin(wait, days)
        return restricted


PART = NextPurchase
