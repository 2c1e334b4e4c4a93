"""Your own sales: a CSV file from any shop system, described in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._csv_bytes import file_hash
from forecastlab.dataset._csv_rows import read_log, read_table
from forecastlab.dataset._csv_settings import check_date_format, check_settings
from forecastlab.dataset._log import Returns, locked, write
from forecastlab.dataset._mapping import facts_of, shape_of
from forecastlab.dataset._remarks import remarks
from forecastlab.dataset._rows import together
from forecastlab.dataset._season import Season
from forecastlab.dataset._tables import FileTable, TableName, keep_tables
from forecastlab.schema import Facts

_DAY = r"^\d{4}-\d{2}-\d{2}$"


@dataclass(frozen=True)
class Csv:
    """Your own sales log: a CSV file (plain or gzipped) with one row per purchase line, mapped in YAML.

    Nothing is guessed: every column is read as text, ids stay text, numbers and dates must have the declared form.
    A row without date or amount is left out and listed in the ledger with its money; a cell that cannot be read stops
    the load with the number of such rows and the first line. ``path`` counts from the folder the command runs in.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Season
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    path: Annotated[str, Field(min_length=1, description="the file")]
    customer: Annotated[str, Field(min_length=1, description="column of customer ids")]
    time: Annotated[str, Field(min_length=1, description="column of dates or times")]
    amount: Annotated[str, Field(min_length=1, description="column of amounts")]
    quantity: Annotated[str | None, Field(description="column of quantities; null: none")]
    basket: Annotated[str | None, Field(description="column of receipt or order ids; null: none")]
    dimensions: Annotated[dict[str, str], Field(description="columns to cut sales by: our name → column")]
    separator: Annotated[str, Field(min_length=1, max_length=1, description="what stands between cells")]
    encoding: Annotated[str, Field(description="encoding of the text")]
    date_format: Annotated[str, Field(min_length=2, description="form of the dates, as in strptime")]
    decimal: Annotated[Literal[".", ","], Field(description="decimal sign")]
    thousands: Annotated[Literal[".", ",", " ", "'"] | None, Field(description="sign between thousands; null: none")]
    currency_sign: Annotated[str | None, Field(description="sign that may stand at amounts; null: none")]
    unit: Annotated[str, Field(description="currency, for reports")]
    anonymous_values: Annotated[tuple[str, ...], Field(description="ids that mean nobody, beside empty ones")]
    first_day: Annotated[str | None, Field(pattern=_DAY, description="rows before are left out; null: none")]
    last_day: Annotated[str | None, Field(pattern=_DAY, description="rows after are left out; null: none")]
    finer_than_cents: Annotated[Literal["refuse", "round"], Field(description="amounts with parts of a cent")]
    returns: Annotated[Returns, Field(description="what becomes of returned goods")]
    duplicates: Annotated[Literal["keep", "drop", "refuse"], Field(description="rows that repeat another exactly")]
    firsts_are_true: Annotated[bool, Field(description="whether a customer's first row is a first purchase")]

    tables: Annotated[
        dict[TableName, FileTable], Field(description="further tables: events, leads, campaigns, feedback")
    ]

    def fingerprint(self) -> str:
        """A hash of the content of the files. Raises DataError or EnvironmentFault if one cannot be read."""
        return file_hash(self._files)

    def load(self, target: Path) -> Facts:
        """Write the sales log to ``target``, and each further table beside it.

        Raises ConfigError for settings that contradict each other, DataError with one fault per kind of wrong file,
        header, row or cell, EnvironmentFault where a file may not be read or the disk is full.
        """
        check_settings(self)
        with locked(self._files, target) as (con, folder):
            check_date_format(con, self.date_format)
            readers = {name: partial(read_table, con, self, name, table, folder) for name, table in self.tables.items()}
            parsed, *others = together([partial(read_log, con, self, folder), *readers.values()])
            notes = remarks(con, parsed, self.date_format, shape_of(self))
            ledger = write(con, folder, target, f"SELECT * FROM {parsed}", shape_of(self), notes)
            ledger, tables = keep_tables(con, dict(zip(readers, others, strict=True)), ledger, folder, target)
            return facts_of(self, con, ledger, tables)

    @property
    def _files(self) -> list[Path]:
        return [Path(self.path), *(Path(table.path) for table in self.tables.values())]


PART = Csv
