"""A small table from a CSV or Parquet file: a CSV's cells stay text, nothing is guessed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecastlab.schema import DataError, Fault, nearest

_PARQUET = b"PAR1"


def check_file(path: Path) -> None:
    """Raise DataError if there is no such file, or if it cannot be read."""
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        what = "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        fix = "check driver.table.path; it counts from the folder in which the command runs"
        raise DataError(Fault("unreadable-file", str(path), what, fix)) from error
    if empty:
        raise DataError(Fault("empty-file", str(path), "the file is empty"))


def read_sheet(path: Path, separator: str, wanted: Sequence[str]) -> pd.DataFrame:
    """The wanted columns of a file. Raises DataError for a file that is no table, or for columns that it has not."""
    check_file(path)
    try:
        frame = _read(path, separator)
    except UnicodeDecodeError as error:
        raise DataError(Fault("bad-encoding", str(path), "the text is not UTF-8", "save it as UTF-8")) from error
    except (ValueError, OSError, csv.Error) as error:  # damaged Parquet is a ValueError or an OSError
        what = f"cannot be read as a table: {str(error).splitlines()[0]}"
        raise DataError(Fault("bad-table", str(path), what, "mend it, or check separator")) from error
    there = [str(name) for name in frame.columns]
    missing = [name for name in dict.fromkeys(wanted) if name not in there]
    if missing:
        what = f"the file has {', '.join(there)}"
        raise DataError(
            Fault("missing-column", str(path), f"there is no column {name}, {what}", nearest(name, there))
            for name in missing
        )
    twice = sorted({name for name in wanted if there.count(name) > 1})
    if twice:
        raise DataError(Fault("duplicate-column", str(path), f"there is more than one column {name}") for name in twice)
    if frame.empty:
        raise DataError(Fault("no-rows", str(path), "there is a header and no row"))
    return frame


def _read(path: Path, separator: str) -> pd.DataFrame:
    with path.open("rb") as stream:
        parquet = stream.read(4) == _PARQUET
    if parquet:
        return pd.read_parquet(path)
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        header = next(reader)
        rows = []
        for row in reader:
            if row and len(row) != len(header):
                raise ValueError(f"line {reader.line_num} has {len(row)} cells, the header has {len(header)}")
            rows.append([cell.strip() for cell in row])
    return pd.DataFrame([row for row in rows if row], columns=[name.strip() for name in header])
