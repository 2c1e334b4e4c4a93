"""Cross-sell: which products each customer buys next, as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import duration_days
from forecastlab.schema.items import ItemKind, Offer


@dataclass(frozen=True)
class CrossSell:
    """The next best products of every customer, best first.

    A hit is an item of the list that the customer bought within the horizon. Asked is who bought within ``alive``
    before the cutoff, whether or not anything is bought later.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    alive: Annotated[str | None, Field(description="who bought within this time is asked, such as 13 weeks; null: all")]
    offer: Offer

    @property
    def kind(self) -> ItemKind:
        """Items."""
        return "items"

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Whoever did not buy for longer gets no list. Raises ConfigError for what is no duration."""
        if self.alive is None:
            return np.full(len(known), "")
        gone = known["recency"].to_numpy(dtype=float) >= duration_days(self.alive, "target.alive")
        return np.where(gone, f"not bought for {self.alive}", "")


PART = CrossSell
