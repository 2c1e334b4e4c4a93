"""What stood on the shelves of the made-up shop: prices and promotions by category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from forecastlab.driver._given import Future, Lag, Scenario
from forecastlab.driver._periods import positions
from forecastlab.schema import DataError, Fault, Frequency, SalesLog
from forecastlab.schema.names import DS

_COLUMNS = ["price", "promotion"]


@dataclass(frozen=True)
class SyntheticPrices:
    """Prices and promotions of the dataset synthetic, by category or for the whole shop.

    Columns: ``price``, the mean shelf price of the category over the days of the period, in units of money;
    ``promotion``, the share of days on which it was promoted, 0 to 1. Without ``by`` they are means over categories.
    ``future`` is ``known`` in the packaged file, because a shop sets its prices and plans its promotions itself.
    Stock-outs are not a column: nobody knows them beforehand. The values of the file do not depend on sales.
    """

    by: Annotated[
        tuple[Literal["category"], ...],
        Field(max_length=1, description="[category]: one value each; []: one for the whole shop"),
    ]
    future: Future
    lag: Lag
    scenario: Scenario

    def fingerprint(self) -> str:
        """Empty: the dataset is the source."""
        return ""

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The columns in the periods that end on ``ends``. Raises DataError for a dataset that has no prices."""
        path = log.table("prices")
        if not path.is_file():
            fix = "it belongs to dataset=synthetic; take it out with driver=[]"
            raise DataError(Fault("no-prices", "driver.synthetic_prices", "the dataset has no table of prices", fix))
        daily = pd.read_parquet(path)
        at = positions(pd.DatetimeIndex(daily["day"]), freq, ends)
        inside = daily[at >= 0].assign(**{DS: ends[at[at >= 0]]})
        return inside.groupby([*self.by, DS], as_index=False)[_COLUMNS].mean()


PART = SyntheticPrices
