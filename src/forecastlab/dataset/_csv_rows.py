"""A stranger's file, from its path to a table of checked rows: a sales log, a further table, or a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecastlab.dataset._csv_bytes import plain_text
from forecastlab.dataset._csv_faults import Source, check_log, check_panel, check_table
from forecastlab.dataset._csv_header import line_of, locate, read_header
from forecastlab.dataset._csv_parse import layers, panel_layers, parse, read_rows, structure, table_layers
from forecastlab.dataset._log import literal
from forecastlab.dataset._mapping import after, reasons, wanted
from forecastlab.dataset._panel_mapping import PanelRows, panel_columns, panel_reasons
from forecastlab.dataset._tables import NOTHING, FileTable, check_kinds, columns_of, left_out

if TYPE_CHECKING:
    from forecastlab.dataset.csv import Csv
    from forecastlab.dataset.panel_csv import PanelCsv


def read_log(con: Any, part: Csv, folder: Path) -> str:
    """Read, parse and check the sales log once: the SQL that reads its rows. Raises DataError with every fault."""
    text = plain_text(Path(part.path), part.encoding, folder)
    source = _source(part, part.path, text, wanted(part))
    at, width, above = _header(source)
    columns = layers(at, part.date_format, part.decimal, part.thousands, part.currency_sign, part.anonymous_values)
    why = reasons(part, "time_text = ''", "amount_text = ''")
    parsed = _parsed(con, source, width, above, columns, why, "empty row", folder)
    check_log(con, parsed, source, part.finer_than_cents == "refuse", part.duplicates == "refuse")
    return parsed


def read_table(con: Any, part: Csv, name: str, table: FileTable, folder: Path) -> str:
    """The same for a further table: its separator, encoding and dates are those of the log."""
    folder = folder / name
    folder.mkdir()
    text = plain_text(Path(table.path), part.encoding, folder)
    source = _source(part, table.path, text, columns_of(table))
    at, width, above = _header(source, f"tables.{name}.")
    columns = table_layers(at, part.date_format, part.decimal, part.thousands, part.anonymous_values)
    why = {**left_out("time_text = ''"), **after(part)}
    parsed = _parsed(con, source, width, above, columns, why, NOTHING, folder)
    check_table(con, parsed, source)
    check_kinds(con, parsed, f"{table.path}, column {table.kind!r}")
    return parsed


def read_panel(con: Any, part: PanelCsv, folder: Path) -> PanelRows:
    """Read and parse a ready-made panel once. Raises DataError for a header or rows of a wrong shape."""
    text = plain_text(Path(part.path), part.encoding, folder)
    source = _source(part, part.path, text, panel_columns(part))
    at, width, above = _header(source)
    columns = panel_layers(at, part.date_format, part.decimal, part.thousands)
    parsed = _parsed(con, source, width, above, columns, panel_reasons(at), "empty row", folder)
    return PanelRows(
        part.path,
        parsed,
        source.columns,
        lambda row: f"line {line_of(text, part.separator, row, empty_too=False)}",
        lambda: check_panel(con, parsed, source),
    )


def _source(part: Csv | PanelCsv, where: str, text: Path, columns: dict[str, str]) -> Source:
    return Source(where, text, part.separator, columns, part.date_format, part.decimal, part.thousands)


def _header(source: Source, place: str = "") -> tuple[dict[str, int], int, int]:
    """Where the wanted columns are, how many columns there are, and how many empty lines are above the header."""
    header, above = read_header(source.text, source.separator, source.where)
    named = {f"{place}{key}": name for key, name in source.columns.items()}
    at = locate(header, named, source.separator, source.where)
    return {key.removeprefix(place): position for key, position in at.items()}, len(header), above


def _parsed(
    con: Any,
    source: Source,
    width: int,
    above: int,
    columns: Sequence[Sequence[str]],
    why: Mapping[str, str],
    nothing: str,
    folder: Path,
) -> str:
    """Read the file once into a table of all its rows and tell the SQL that reads that table."""
    rows = read_rows(source.text, width, source.separator, above, rejects=False)
    table = folder / "parsed.parquet"
    if not parse(con, rows, width, columns, why, nothing, table):
        rejects = read_rows(source.text, width, source.separator, above, rejects=True)
        raise structure(con, rejects, source.text, source.separator, source.where)
    return f"read_parquet({literal(str(table))})"
