"""A small table from a CSV or Parquet file: a CSV's cells stay text, nothing is guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecastlab.schema import DataError, EnvironmentFault, Fault, nearest

_PARQUET = b"PAR1"
_FOREIGN = {
    b"PK\x03\x04": ("an Excel workbook or a zip archive", "save it as CSV or Parquet"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save it as CSV or Parquet"),
    b"%PDF": ("a PDF", "save it as CSV or Parquet"),
    b"\x1f\x8b": ("a gzip archive", "unpack it"),
}
_SEPARATORS = (";", ",", "\t", "|")
_PATH = "check driver.table.path; it counts from the folder in which the command runs"


def check_file(path: Path) -> None:
    """Raise DataError if there is no such file, or nothing of a table in it; EnvironmentFault if it may not be read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not head:
        raise DataError(Fault("empty-file", str(path), "the file is empty", _PATH))
    for magic, (kind, fix) in _FOREIGN.items():
        if head.startswith(magic):
            raise DataError(Fault("not-a-table", str(path), f"the file is {kind}, whatever its name", fix))


def read_sheet(path: Path, separator: str, wanted: Sequence[str]) -> pd.DataFrame:
    """The wanted columns of a file. Raises DataError for a file that is no table, or for columns that it has not."""
    check_file(path)
    try:
        frame = _read(path, separator)
    except UnicodeDecodeError as error:
        raise DataError(Fault("bad-encoding", str(path), "the text is not UTF-8", "save it as UTF-8")) from error
    except (ValueError, OSError, csv.Error) as error:  # damaged Parquet is a ValueError or an OSError
        what = f"it cannot be read as a table ({type(error).__name__})"
        raise DataError(Fault("bad-table", str(path), what, "mend it: quotes, or a file that was cut off")) from error
    there = [str(name) for name in frame.columns]
    faults = list(dict.fromkeys(fault for name in wanted for fault in _column(path, there, name, separator)))
    if faults:
        raise DataError(faults)
    if frame.empty:
        raise DataError(Fault("no-rows", str(path), "there is a header and no row", _PATH))
    return frame


def _unreadable(path: Path, error: OSError) -> DataError | EnvironmentFault:
    if path.is_dir():
        return DataError(Fault("is-a-folder", str(path), "this is a folder", "name one file in it"))
    if isinstance(error, FileNotFoundError):
        there = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        return DataError(Fault("missing-file", str(path), "there is no such file", nearest(path.name, there) or _PATH))
    what = f"the file cannot be read: {error.strerror or type(error).__name__}"
    return EnvironmentFault(Fault("unreadable-file", str(path), what, "check permissions and disk"))


def _read(path: Path, separator: str) -> pd.DataFrame:
    raw = path.read_bytes()
    if raw.startswith(_PARQUET):
        return pd.read_parquet(path)
    text = raw.decode("utf-8-sig")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        what = f"there is a NUL character on line {line}: the file is damaged"
        raise DataError(Fault("nul-byte", str(path), what, "save it as text again"))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header = next(reader)
    rows, wrong = [], {"short-rows": [0, 0], "long-rows": [0, 0]}
    for row in reader:
        if row and len(row) != len(header):
            found = wrong["short-rows" if len(row) < len(header) else "long-rows"]
            found[:] = found[0] + 1, found[1] or reader.line_num
        rows.append([cell.strip() for cell in row])
    faults = [
        Fault(
            code,
            str(path),
            f"{'fewer' if code == 'short-rows' else 'more'} cells than the header's {len(header)} in {count} "
            f"row{'s' if count > 1 else ''}, the first on line {line}",
            "mend them: one cell for each column, in quotes if it holds the separator",
        )
        for code, (count, line) in wrong.items()
        if count
    ]
    if faults:
        raise DataError(faults)
    return pd.DataFrame([row for row in rows if row], columns=[name.strip() for name in header])


def _column(path: Path, there: list[str], name: str, separator: str) -> list[Fault]:
    """What is wrong with a wanted column; the same for all columns where the header as a whole is to blame."""
    if there.count(name) == 1:
        return []
    where = f"{path}, column {name!r}"
    if name in there:
        return [Fault("duplicate-column", where, f"there are {there.count(name)} such columns", "rename one")]
    if any(re.match(r"[-+]?\d", cell) for cell in there):  # it may be anybody's: the cells are not shown
        what = "the first line holds values, not the names of columns"
        return [Fault("no-header", str(path), what, "add a line with the names of the columns")]
    other = max(_SEPARATORS, key=there[0].count)
    if len(there) == 1 and there[0].count(other):
        what = f"with the separator {separator!r} there is one column only, {there[0]!r}"
        return [Fault("wrong-separator", str(path), what, f"type driver.table.separator={other!r}")]
    what, fix = f"there is no such column; there are {', '.join(there)}", nearest(name, there)
    return [Fault("missing-column", where, what, fix or "map another column in driver.table")]
