"""Your own series: a CSV file with a value per series and period, described in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._clean import Gaps, Outliers
from forecastlab.dataset._csv_bytes import file_hash
from forecastlab.dataset._csv_rows import read_panel
from forecastlab.dataset._csv_settings import check_date_format, check_panel_settings
from forecastlab.dataset._log import locked
from forecastlab.dataset._panel_rows import settle_panel
from forecastlab.dataset._season import Season
from forecastlab.schema import Facts


@dataclass(frozen=True)
class PanelCsv:
    """Your own ready-made panel: a CSV file (plain or gzipped), one row per series and period, mapped in YAML.

    For figures that are summed already: sales per shop and month, calls per day, a published index. Nothing is
    guessed: ids stay text, numbers and dates must have the declared form. A date may be any day of its period. A row
    without a value is kept where it has drivers, such as planned prices of coming periods. What cannot be read stops
    the load with the number of such rows and the first line. ``path`` counts from the folder the command runs in.
    """

    freq: Annotated[str, Field(description="length of a period")]
    season: Season
    warmup: Annotated[str | None, Field(description="unused, a panel has no segmentation")]
    path: Annotated[str, Field(min_length=1, description="the file")]
    series: Annotated[str, Field(min_length=1, description="column of the ids of series")]
    time: Annotated[str, Field(min_length=1, description="column of dates: any day of the period")]
    value: Annotated[str, Field(min_length=1, description="column of what is to be foretold")]
    drivers: Annotated[dict[str, str], Field(description="number columns that may explain it: our name → column")]
    attributes: Annotated[dict[str, str], Field(description="texts that never change in a series: our name → column")]
    gaps: Gaps
    outliers: Outliers
    separator: Annotated[str, Field(min_length=1, max_length=1, description="what stands between cells")]
    encoding: Annotated[str, Field(description="encoding of the text")]
    date_format: Annotated[str, Field(min_length=2, description="form of the dates, as in strptime")]
    decimal: Annotated[Literal[".", ","], Field(description="decimal sign")]
    thousands: Annotated[Literal[".", ",", " ", "'"] | None, Field(description="sign between thousands; null: none")]
    unit: Annotated[str, Field(description="unit of the values, for reports")]

    def fingerprint(self) -> str:
        """A hash of the content of the file. Raises DataError or EnvironmentFault if it cannot be read."""
        return file_hash([Path(self.path)])

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y``, its attributes and its drivers to ``target``.

        Raises ConfigError for settings that contradict each other, DataError with one fault per kind of wrong file,
        header, row, cell or series, EnvironmentFault where a file may not be read or the disk is full.
        """
        check_panel_settings(self)
        with locked([Path(self.path)], target) as (con, folder):
            check_date_format(con, self.date_format)
            return settle_panel(con, read_panel(con, self, folder), self, folder, target)


PART = PanelCsv
