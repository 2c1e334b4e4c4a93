"""Settings of a stranger's file that contradict each other, said before the file is opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from forecastlab.dataset._csv_cells import moment
from forecastlab.dataset._mapping import contradictions
from forecastlab.dataset._panel_mapping import panel_contradictions
from forecastlab.schema import ConfigError, Fault

if TYPE_CHECKING:
    from forecastlab.dataset.csv import Csv
    from forecastlab.dataset.panel_csv import PanelCsv


def check_settings(part: Csv) -> None:
    """Raise ConfigError with every contradiction among the settings."""
    faults = [*contradictions(part), *_signs(part)]
    if faults:
        raise ConfigError(faults)


def check_panel_settings(part: PanelCsv) -> None:
    """The same for a ready-made panel."""
    faults = [*panel_contradictions(part), *_signs(part)]
    if faults:
        raise ConfigError(faults)


def check_date_format(con: Any, date_format: str) -> None:
    """Raise ConfigError if DuckDB does not know a part of the format."""
    import duckdb

    try:
        con.execute("SELECT " + moment("'x'", date_format)).fetchone()
    except duckdb.InvalidInputException as error:
        what = f"found {date_format!r}, which is no date format"
        raise ConfigError(Fault("bad-format", "dataset.date_format", what, "write it like '%d.%m.%Y'")) from error


def _signs(part: Csv | PanelCsv) -> Iterator[Fault]:
    if part.thousands == part.decimal:
        what = f"found {part.thousands!r}, which is the decimal sign"
        yield Fault("same-sign", "dataset.thousands", what, "set thousands: null")
    if part.separator in '"\r\n\0 ':
        yield Fault("bad-separator", "dataset.separator", f"{part.separator!r} cannot separate cells", "use ; or ,")
