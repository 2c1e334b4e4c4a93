"""Win-back: who of the lost customers buys again."""

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
class Winback:
    """Which lost customers will buy again within the horizon (1). Lost is who did not buy for ``lost_after``."""

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    lost_after: Annotated[str, Field(description="who did not buy for so long is asked, such as 13 weeks")]
    look: Look

    @property
    def kind(self) -> Kind:
        """An event."""
        return "event"

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
        """Whoever bought lately need not be won back. Raises ConfigError for what is no duration."""
        here = known["recency"].to_numpy(dtype=float) < duration_days(self.lost_after, "target.lost_after")
        return np.where(here, f"bought within {self.lost_after}", "")

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """1 where a purchase came."""
        return (after["orders"].to_numpy(dtype=float) > 0).astype(np.float64)


PART = Winback
