"""Your own sales as Parquet: a file, a folder or a pattern of files, described in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._csv_bytes import file_hash
from forecastlab.dataset._log import Returns, locked
from forecastlab.dataset._parquet_files import files, open_files
from forecastlab.dataset._rows import together
from forecastlab.dataset._season import Season
from forecastlab.dataset._tables import FileTable, TableName
from forecastlab.dataset._typed_rows import check_settings, load_typed
from forecastlab.schema import Facts

_DAY = r"^\d{4}-\d{2}-\d{2}$"


@dataclass(frozen=True)
class Parquet:
    """Your own sales log: Parquet with one row per purchase line, mapped in YAML.

    Columns have types, and nothing is guessed: ids are text or integers (a float has lost digits already), times are
    dates or timestamps, amounts integers, decimals or doubles of whole cents. A row without date or amount is left out
    and listed in the ledger with its money; what cannot be used stops the load with the number of such rows and the
    first of them. ``path`` counts from the folder the command runs in.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Season
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    path: Annotated[str, Field(min_length=1, description="a file, a folder, or a pattern such as sales/*.parquet")]
    customer: Annotated[str, Field(min_length=1, description="column of customer ids")]
    time: Annotated[str, Field(min_length=1, description="column of dates or times")]
    amount: Annotated[str, Field(min_length=1, description="column of amounts")]
    quantity: Annotated[str | None, Field(description="column of quantities; null: none")]
    basket: Annotated[str | None, Field(description="column of receipt or order ids; null: none")]
    dimensions: Annotated[dict[str, str], Field(description="columns to cut sales by: our name → column")]
    time_zone: Annotated[str | None, Field(description="where days are counted, for times with a zone; null: none has")]
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
        """A hash of the content of all files. Raises DataError or EnvironmentFault if one cannot be read."""
        return file_hash(self._files())

    def load(self, target: Path) -> Facts:
        """Write the sales log to ``target``, and each further table beside it.

        Raises ConfigError for settings that contradict each other, DataError with one fault per kind of wrong file,
        column or cell, EnvironmentFault where a file may not be read or the disk is full.
        """
        check_settings(self)
        with locked(self._files(), target) as (con, folder):
            others = {name: partial(open_files, con, table.path) for name, table in self.tables.items()}
            return load_typed(con, self, partial(open_files, con, self.path), others, folder, target)

    def _files(self) -> list[Path]:
        paths = [self.path, *(table.path for table in self.tables.values())]
        return [file for found in together([partial(files, path) for path in paths]) for file in found]


PART = Parquet
