"""The US economy by quarter, 1959 to 2009: income, prices, unemployment, rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from forecastlab.driver._given import Future, Lag, Scenario
from forecastlab.schema import ConfigError, DataError, Fault, Frequency, SalesLog, nearest
from forecastlab.schema.names import DS
from forecastlab.schema.packages import content_hash, package_file


@dataclass(frozen=True)
class Macro:
    """The US economy by quarter, 1959 to 2009: income, prices, unemployment, rates.

    A period has the value of the last quarter that was over when it ended, so a week in February has that of the
    quarter to December: nothing of a running quarter is used. ``growth`` is the change in per cent to the same quarter
    a year before. The figures are as revised later, not as first published, which flatters them a little; statistics
    come out weeks after their quarter, which ``lag`` tells. Columns of the source: realgdp, realcons, realinv,
    realgovt, realdpi (billions of 2005 dollars), cpi, m1, tbilrate, unemp, pop, infl, realint. Source: Federal
    Reserve Bank of St. Louis, the data set macrodata of the package statsmodels.
    """

    columns: Annotated[
        Mapping[str, Literal["level", "growth"]],
        Field(min_length=1, description="columns of the source: as they are (level), or as change to the year before"),
    ]
    future: Future
    lag: Lag
    scenario: Scenario

    @property
    def by(self) -> tuple[str, ...]:
        """The same values for all series."""
        return ()

    def fingerprint(self) -> str:
        """A hash of the source file. Raises EnvironmentFault if the package is missing."""
        return content_hash([_file()])

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The columns in the periods that end on ``ends``; periods after the source's end have no row.

        Raises ConfigError for a column that the source has not, DataError if the source knows none of the periods.
        """
        source = pd.read_csv(_file())
        named = zip(source.pop("year").astype(int), source.pop("quarter").astype(int), strict=True)
        quarters = pd.PeriodIndex([f"{year}Q{quarter}" for year, quarter in named], freq="Q")
        there = list(source.columns)
        unknown = [name for name in self.columns if name not in there]
        if unknown:
            what = f"there are {', '.join(there)}"
            raise ConfigError(
                Fault("unknown-column", "driver.macro.columns", f"found {name}, {what}", nearest(name, there))
                for name in unknown
            )
        over = (ends if freq.of_clock else ends + pd.Timedelta(days=1)).to_period("Q") - 1
        levels = source.set_axis(quarters)[list(self.columns)].astype(float)
        growth = 100 * (levels / levels.shift(4) - 1)
        found = {name: (growth if how == "growth" else levels)[name] for name, how in self.columns.items()}
        table = pd.DataFrame({name: values.reindex(over).to_numpy() for name, values in found.items()})
        table.insert(0, DS, ends)
        table = table.dropna(subset=list(self.columns), how="all").reset_index(drop=True)
        if table.empty:
            what = f"the source knows {quarters[0]} to {quarters[-1]}, the sales have other dates"
            raise DataError(Fault("outside-source", "driver.macro", what, "take it out with driver=[]"))
        return table


def _file() -> Path:
    return package_file("statsmodels", "datasets/macrodata/macrodata.csv")


PART = Macro
