"""The first line of a stranger's file: where each wanted column is, or what stands there instead."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from forecastlab.schema import DataError, Fault, nearest

_SEPARATORS = (";", ",", "\t", "|")
_SHOWN = 30
"""So many names of columns are listed at most."""


def read_header(path: Path, separator: str, where: str) -> tuple[list[str], int]:
    """The names of the columns as they stand in the file, and how many empty lines are above them.

    Raises DataError if there is no such line, or if it cannot be split.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        above, reader = 0, csv.reader(stream, delimiter=separator)
        try:
            for header in reader:
                if any(cell.strip() for cell in header):
                    return header, above
                above = reader.line_num
        except csv.Error as error:
            raise DataError(Fault("bad-header", where, f"the first line cannot be split: {error}")) from error
    raise DataError(Fault("no-header", where, "there is no line with the names of the columns", "add one"))


def locate(header: Sequence[str], wanted: Mapping[str, str], separator: str, where: str) -> dict[str, int]:
    """The position of each wanted column, by key. Raises DataError with one fault per column that is not there once."""
    faults = [fault for key, name in wanted.items() for fault in column_faults(header, key, name, where)]
    if not faults:
        return {key: list(header).index(name) for key, name in wanted.items()}
    if header[0].lower().startswith("sep="):
        raise DataError(Fault("no-header", where, "the first line is a note for Excel (sep=)", "delete that line"))
    if any(_looks_like_a_value(cell) for line in header for cell in re.split(r"[;,\t|]", line)):
        # The cells are not shown: they may be a customer's.
        what = "the first line holds values, not the names of columns"
        raise DataError(Fault("no-header", where, what, "add a line with the names of the columns"))
    if len(header) == 1:
        raise _wrong_separator(header[0], separator, where)
    raise DataError(faults)


def line_of(path: Path, separator: str, row: int, empty_too: bool) -> int:
    """The number of the line on which a row starts: the header is row 0.

    Cells may hold line breaks, so rows are not lines. ``empty_too`` says whether empty lines were counted as rows.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        csv.field_size_limit(1 << 30)
        start, seen, reader = 1, -1, csv.reader(stream, delimiter=separator)
        for cells in reader:
            seen += empty_too or bool(cells)
            if seen == row:
                break
            start = reader.line_num + 1
        return start


def _looks_like_a_value(cell: str) -> bool:
    """Whether digits make up half of a cell or more, as in a number or a date, and hardly ever in a name."""
    digits, letters = sum(map(str.isdigit, cell)), sum(map(str.isalpha, cell))
    return digits > 0 and digits >= letters


def _wrong_separator(line: str, separator: str, where: str) -> DataError:
    other = max(_SEPARATORS, key=line.count)
    what = f"with the separator {separator!r} there is one column only, {line!r}"
    fix = f"set separator: {other!r}" if line.count(other) else "set separator to the sign that stands between cells"
    return DataError(Fault("wrong-separator", where, what, fix))


def column_faults(header: Sequence[str], key: str, name: str, where: str) -> list[Fault]:
    """The fault that a wanted column is not there, or not once; none if all is well."""
    place = f"{where}, dataset.{key}"
    if header.count(name) == 1:
        return []
    if name in header:
        return [Fault("double-column", place, f"there are {header.count(name)} columns {name!r}", "rename one")]
    alike = [found for found in header if found.strip().casefold() == name.strip().casefold()]
    if alike:
        what = f"there is no column {name!r}, but {alike[0]!r}, which differs in case or blanks"
        return [Fault("missing-column", place, what, f"write it {alike[0]!r}")]
    shown = ", ".join(map(repr, header[:_SHOWN])) + (", …" if len(header) > _SHOWN else "")
    what = f"there is no column {name!r}; there are {shown}"
    return [Fault("missing-column", place, what, nearest(name, header) or f"type dataset.{key}=COLUMN")]
