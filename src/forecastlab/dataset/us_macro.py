"""The economy of the United States by quarter: a few long series with real drivers beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from forecastlab.schema import ConfigError, DataError, Facts, Fault, Frequency, Ledger, names
from forecastlab.schema.packages import content_hash, package_file

_COMPONENTS = {"consumption": "realcons", "investment": "realinv", "government": "realgovt"}
_LEVELS = {
    "income": "realdpi",
    "inflation": "infl",
    "unemployment": "unemp",
    "interest": "tbilrate",
    "population": "pop",
}
_CHANGES = {"income": "Income", "production": "Production", "savings": "Savings", "unemployment": "Unemployment"}
_FILES = {
    "levels": ("statsmodels", "datasets/macrodata/macrodata.csv"),
    "changes": ("sktime", "datasets/data/Uschange/Uschange.csv"),
}


@dataclass(frozen=True)
class UsMacro:
    """Spending in the United States by quarter, with income, inflation, unemployment and more as drivers.

    ``levels``: real consumption, investment and government spending, 1959 to the third quarter of 2009, in billions of
    chained 2005 dollars at annual rates, beside real disposable income, inflation, unemployment, the rate of 3-month
    Treasury bills (percent) and the population (millions). ``changes``: consumption in percent of the quarter before,
    1970 to the third quarter of 2016. All are seasonally adjusted, so the season is 1. The values are those of a later
    day: statistics offices revise what they published. Source: FRED, as packaged by statsmodels; and by sktime (the
    changes, from Hyndman & Athanasopoulos, Forecasting: Principles and Practice).
    """

    freq: Annotated[str, Field(description="quarters")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="unused, a panel has no segmentation")]
    values: Annotated[Literal["levels", "changes"], Field(description="which of the two tables")]

    def fingerprint(self) -> str:
        """A hash of the content of the source file. Raises EnvironmentFault if the package is missing."""
        return content_hash([self._file])

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y, component`` and the drivers to ``target``.

        Raises ConfigError if ``freq`` is not Q, DataError if the source has other columns or holes.
        """
        if self.freq != "Q":
            raise ConfigError(Fault("freq-of-data", "dataset.freq", f"found {self.freq!r}, the data has 'Q'", "set Q"))
        source = pd.read_csv(self._file)
        try:
            panel, drivers = self._changes(source) if self.values == "changes" else self._levels(source)
        except (KeyError, ValueError) as error:
            what = f"has not the columns or values that are known of it ({type(error).__name__})"
            raise DataError(Fault("not-us-macro", str(self._file), what)) from error
        if panel.isna().any(axis=None):
            raise DataError(Fault("not-us-macro", str(self._file), "has holes"))
        target.parent.mkdir(parents=True, exist_ok=True)
        panel.sort_values([names.SERIES, names.DS]).to_parquet(target, index=False)
        return Facts(
            kind="panel",
            first_day=str(Frequency("Q").start(panel[names.DS].min()).date()),
            last_day=str(panel[names.DS].max().date()),
            dimensions=("component",),
            firsts_are_true=False,
            ledger=Ledger(rows_in=len(panel), cents_in=0, rows_used=len(panel), cents_used=0),
            unit="percent" if self.values == "changes" else "billion chained 2005 USD",
            drivers=drivers,
        )

    def _levels(self, source: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
        quarter = source["year"].astype(int).astype(str) + "Q" + source["quarter"].astype(int).astype(str)
        columns = {names.DS: _last_days(quarter)} | {name: source[column] for name, column in _LEVELS.items()}
        return _laid(columns, {name: source[column] for name, column in _COMPONENTS.items()}), tuple(_LEVELS)

    def _changes(self, source: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
        quarter = source["Quarter"].str.replace(" ", "")
        columns = {names.DS: _last_days(quarter)} | {name: source[column] for name, column in _CHANGES.items()}
        return _laid(columns, {"consumption": source["Consumption"]}), tuple(_CHANGES)

    @property
    def _file(self) -> Path:
        return package_file(*_FILES[self.values])


def _last_days(quarter: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(
        pd.PeriodIndex(quarter, freq="Q").to_timestamp(how="end").normalize(), dtype="datetime64[us]"
    )


def _laid(columns: dict[str, pd.Series | pd.DatetimeIndex], series: dict[str, pd.Series]) -> pd.DataFrame:
    """One series below the other, each with all drivers beside it."""
    frames = [
        pd.DataFrame({names.SERIES: name, **columns, names.Y: values.astype(float), "component": name})
        for name, values in series.items()
    ]
    panel = pd.concat(frames, ignore_index=True)
    drivers = [name for name in columns if name != names.DS]
    return panel[[names.SERIES, names.DS, names.Y, "component", *drivers]].astype(dict.fromkeys(drivers, float))


PART = UsMacro
