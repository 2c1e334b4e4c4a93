"""Number columns of a ready-made panel, beside its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.driver._given import Future, Lag, Scenario
from forecastlab.schema import ConfigError, Fault, Frequency, SalesLog, nearest
from forecastlab.schema.names import DS, SERIES


@dataclass(frozen=True)
class Column:
    """Number columns of a ready-made panel: each series has values of its own.

    What will be known of them in the asked periods is yours to say: ``future`` has no value in the packaged file.
    """

    columns: Annotated[tuple[str, ...], Field(min_length=1, description="columns of the panel")]
    future: Future
    lag: Lag
    scenario: Scenario

    @property
    def by(self) -> tuple[str, ...]:
        """Every series has values of its own."""
        return (SERIES,)

    def fingerprint(self) -> str:
        """Empty: the dataset is the source."""
        return ""

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The columns by ``unique_id`` in the periods that end on ``ends``.

        Raises ConfigError for a column that the panel has not, or where there is no panel.
        """
        there = log.facts.drivers
        if not there:
            what = "the dataset has no driver columns; only a ready-made panel may have some"
            fix = "name them in dataset.drivers, or take it out with driver=[]"
            raise ConfigError(Fault("no-drivers", "driver.column", what, fix))
        unknown = [name for name in self.columns if name not in there]
        if unknown:
            what = f"the panel has {', '.join(there)}"
            raise ConfigError(
                Fault("unknown-column", "driver.column.columns", f"found {name}, {what}", nearest(name, there))
                for name in unknown
            )
        table = pd.read_parquet(log.path, columns=[SERIES, DS, *self.columns])
        table = table[table[DS].isin(ends)].dropna(subset=list(self.columns), how="all")
        return table.astype(dict.fromkeys(self.columns, float)).reset_index(drop=True)


PART = Column
