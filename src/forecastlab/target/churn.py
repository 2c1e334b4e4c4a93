"""Churn: who of the living customers buys nothing for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import duration_days
from forecastlab.schema.customers import Event, Floats, Kind, Look


@dataclass(frozen=True)
class Churn:
    """Which customers will buy nothing within the horizon (1), of those who are still alive by the definition.

    Alive is who bought within ``alive`` before the moment. ``rhythm`` waits shorter for those who buy often: a customer
    has churned who does not buy within ``patience`` times the own mean gap, at most the horizon; a customer with one
    purchase has no gap and gets the horizon.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    within: Annotated[
        Literal["horizon", "rhythm"], Field(description="how long is waited: the horizon, or by the own rhythm")
    ]
    patience: Annotated[float, Field(gt=0, description="mean gaps that are waited (within=rhythm)")]
    alive: Annotated[str | None, Field(description="who bought within this time is asked, such as 13 weeks; null: all")]
    look: Look

    @property
    def kind(self) -> Kind:
        """An event."""
        return "event"

    @property
    def event(self) -> Event:
        """Nothing is bought."""
        return "silence"

    @property
    def margin(self) -> float:
        """No amount is foretold."""
        return 1.0

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Purchases are enough."""
        return ()

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Whoever did not buy for longer is gone already. Raises ConfigError for what is no duration."""
        if self.alive is None:
            return np.full(len(known), "")
        gone = known["recency"].to_numpy(dtype=float) >= duration_days(self.alive, "target.alive")
        return np.where(gone, f"not bought for {self.alive}", "")

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """1 where no purchase came in time."""
        days = after["days"].to_numpy(dtype=float)
        if self.within == "rhythm":
            due = np.ceil(self.patience * known["rhythm"].to_numpy(dtype=float))
            days = np.fmin(np.maximum(due, 1.0), days)
        return (~(after["wait"].to_numpy(dtype=float) <= days)).astype(np.float64)


PART = Churn
