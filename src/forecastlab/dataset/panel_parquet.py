"""Your own series as Parquet: a value per series and period, described in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from forecastlab.dataset._clean import Gaps, Outliers
from forecastlab.dataset._csv_bytes import file_hash
from forecastlab.dataset._log import locked
from forecastlab.dataset._panel_rows import settle_panel
from forecastlab.dataset._parquet_files import files, open_files
from forecastlab.dataset._season import Season
from forecastlab.dataset._typed_rows import check_panel_settings, read_panel
from forecastlab.schema import Facts


@dataclass(frozen=True)
class PanelParquet:
    """Your own ready-made panel: Parquet with one row per series and period, mapped in YAML.

    As ``panel_csv``, with columns that have types: ids are text or integers (a float has lost digits already), dates
    are dates or timestamps, values and drivers any numbers. ``path`` counts from the folder the command runs in.
    """

    freq: Annotated[str, Field(description="length of a period")]
    season: Season
    warmup: Annotated[str | None, Field(description="unused, a panel has no segmentation")]
    path: Annotated[str, Field(min_length=1, description="a file, a folder, or a pattern such as series/*.parquet")]
    series: Annotated[str, Field(min_length=1, description="column of the ids of series")]
    time: Annotated[str, Field(min_length=1, description="column of dates: any day of the period")]
    value: Annotated[str, Field(min_length=1, description="column of what is to be foretold")]
    drivers: Annotated[dict[str, str], Field(description="number columns that may explain it: our name → column")]
    attributes: Annotated[dict[str, str], Field(description="texts that never change in a series: our name → column")]
    gaps: Gaps
    outliers: Outliers
    time_zone: Annotated[str | None, Field(description="where days are counted, for times with a zone; null: none has")]
    unit: Annotated[str, Field(description="unit of the values, for reports")]

    def fingerprint(self) -> str:
        """A hash of the content of all files. Raises DataError or EnvironmentFault if one cannot be read."""
        return file_hash(files(self.path))

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y``, its attributes and its drivers to ``target``.

        Raises ConfigError for settings that contradict each other, DataError with one fault per kind of wrong file,
        column, cell or series, EnvironmentFault where a file may not be read or the disk is full.
        """
        check_panel_settings(self)
        with locked(files(self.path), target) as (con, folder):
            typed = open_files(con, self.path)
            return settle_panel(con, read_panel(con, self, typed, folder), self, folder, target)


PART = PanelParquet
