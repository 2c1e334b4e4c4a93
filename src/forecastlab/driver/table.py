"""Your own drivers: a CSV or Parquet file with one row per day or period, described in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from forecastlab.driver._cells import days_in, numbers_in
from forecastlab.driver._given import Future, Lag, Scenario
from forecastlab.driver._periods import positions
from forecastlab.driver._sheet import check_file, read_sheet
from forecastlab.schema import DataError, Fault, Frequency, SalesLog
from forecastlab.schema.names import DS
from forecastlab.schema.packages import content_hash


@dataclass(frozen=True)
class Table:
    """Your own drivers: a CSV or Parquet file with one row per day or period (and store, region, …).

    ``time`` may be any day of a period, or any time within an hour: rows of one period become one number by
    ``aggregate``. A cell without a value is not known; one that is no number stops the load. ``path`` counts from the
    folder the command runs in. What will be known of the columns in the asked periods is yours to say: ``future`` has
    no value in the packaged file.
    """

    path: Annotated[str, Field(min_length=1, description="the file, CSV (UTF-8) or Parquet")]
    time: Annotated[str, Field(min_length=1, description="column of dates")]
    keys: Annotated[
        Mapping[str, str],
        Field(description="attributes of series that have values of their own: our attribute → column; {}: none"),
    ]
    columns: Annotated[Mapping[str, str], Field(min_length=1, description="numbers: our name → column")]
    aggregate: Annotated[
        Literal["mean", "sum", "last", "max"], Field(description="how several days of a period become one number")
    ]
    separator: Annotated[str, Field(min_length=1, max_length=1, description="what stands between cells of a CSV")]
    decimal: Annotated[Literal[".", ","], Field(description="decimal sign of a CSV")]
    date_format: Annotated[str, Field(min_length=2, description="form of dates that are text, as in strptime")]
    future: Future
    lag: Lag
    scenario: Scenario

    @property
    def by(self) -> tuple[str, ...]:
        """The attributes that ``keys`` names."""
        return tuple(self.keys)

    def fingerprint(self) -> str:
        """A hash of the content of the file. Raises DataError if it is not there or cannot be read."""
        check_file(Path(self.path))
        return content_hash([Path(self.path)])

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The columns by key in the periods that end on ``ends``.

        Raises DataError with one fault per thing that is wrong: a missing file or column, cells that are no date or
        number, a key and day that is there twice, no row of the sales' time.
        """
        frame = self._checked(freq.of_clock)
        at = positions(pd.DatetimeIndex(frame["day"]), freq, ends)
        inside = frame[at >= 0].assign(**{DS: ends[at[at >= 0]]}).sort_values([*self.by, "day"])
        groups = inside.groupby([*self.by, DS])[list(self.columns)]
        numbers = groups.sum(min_count=1) if self.aggregate == "sum" else groups.agg(self.aggregate)
        known: pd.DataFrame = numbers.dropna(how="all").reset_index()
        if known.empty:
            what = f"none of its {len(frame)} rows has a number and is in the sales' time, to {ends[-1]:%Y-%m-%d}"
            raise DataError(Fault("outside-source", self.path, what, "check the columns, and date_format"))
        return known

    def _checked(self, clock: bool) -> pd.DataFrame:
        """All rows: the columns of ``keys`` as text, ``day``, and the numbers."""
        sheet = read_sheet(Path(self.path), self.separator, [self.time, *self.keys.values(), *self.columns.values()])
        faults: list[Fault] = []
        frame = pd.DataFrame({name: sheet[column].astype(str) for name, column in self.keys.items()}, sheet.index)
        frame["day"] = days_in(sheet[self.time], self.date_format, clock, self.path, faults)
        for name, column in self.columns.items():
            frame[name] = numbers_in(sheet[column], self.decimal, self.path, faults)
        again = (frame.duplicated([*self.by, "day"]) & frame["day"].notna()).to_numpy()
        if again.any():
            each = " and ".join([self.time, *self.keys.values()])
            count = f"{int(again.sum())} rows repeat" if again.sum() > 1 else "1 row repeats"
            what = f"{count} another's {each}, the first of them row {again.argmax() + 1}"
            faults.append(Fault("duplicate-rows", self.path, what, "leave one row each, or name the column in keys"))
        if faults:
            raise DataError(faults)
        return frame


PART = Table
