"""A user's Parquet files: which they are, that they are whole, and that they belong together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forecastlab.dataset._csv_bytes import OTHER_FILE, unreadable
from forecastlab.dataset._log import literal, quoted
from forecastlab.dataset._typed_columns import Typed
from forecastlab.schema import DataError, Fault

_MAGIC = b"PAR1"
_SHOWN = 10
_ALIKE = "write all files with the same columns"


def files(path: str) -> list[Path]:
    """The files that a path means, in the order of their names: one file, those of a folder, or those of a pattern.

    A folder is searched with its subfolders for ``*.parquet``; names that begin with ``.`` or ``_`` are passed over.
    Raises DataError where there is none.
    """
    place = Path(path)
    if place.is_dir():
        inside = [one for one in place.rglob("*.parquet") if one.is_file()]
        found = [one for one in inside if not any(name[0] in "._" for name in one.relative_to(place).parts)]
    elif any(sign in path for sign in "*?[") and not place.exists():
        fixed = Path(place.anchor) if place.is_absolute() else Path()
        found = [one for one in fixed.glob(str(place.relative_to(fixed))) if one.is_file()]
    else:
        return [place]
    if not found:
        raise DataError(Fault("no-files", path, "there is no Parquet file", "name a file, a folder or *.parquet"))
    return sorted(found)


def open_files(con: Any, path: str) -> Typed:
    """The files as one source. Raises DataError with a fault per file that is not whole or has other columns."""
    paths, faults = files(path), []
    for one in paths:
        faults += _broken(one)
    if faults:
        raise DataError(faults)
    tables = {one: _columns(con, one) for one in paths}
    columns = tables[paths[0]]
    faults = [_differs(one, paths[0], found, columns) for one, found in tables.items() if found != columns]
    if faults:
        raise DataError(faults[:_SHOWN])
    names = ", ".join(f"{quoted(name)} AS c{i}" for i, (name, _) in enumerate(columns))
    parts = tuple((str(one), _count(con, one)) for one in paths) if len(paths) > 1 else ()
    return Typed(path, f"(SELECT {names} FROM {_read(*paths)})", columns, parts, text_times=False)


def _broken(path: Path) -> list[Fault]:
    """What the first and the last bytes tell of a file that is not Parquet. Raises where it cannot be opened."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            head = stream.read(4)
            stream.seek(max(size - 4, 0))
            tail = stream.read(4)
    except OSError as error:
        raise unreadable(path, error) from error
    if not size:
        return [Fault("empty-file", str(path), "the file is empty", OTHER_FILE)]
    if head != _MAGIC:
        fix = "if it is a text, type dataset=csv" if head.isascii() else OTHER_FILE
        return [Fault("not-parquet", str(path), "the file is no Parquet file, whatever its name", fix)]
    return [] if tail == _MAGIC else [Fault("bad-parquet", str(path), "the file is cut off", "fetch it again")]


def _columns(con: Any, path: Path) -> tuple[tuple[str, str], ...]:
    import duckdb

    try:
        found = con.execute(f"DESCRIBE SELECT * FROM {_read(path)}").fetchall()
    except duckdb.Error as error:
        what = f"the file is damaged ({type(error).__name__})"
        raise DataError(Fault("bad-parquet", str(path), what, "fetch it again")) from error
    return tuple((name, kind) for name, kind, *_ in found)


def _count(con: Any, path: Path) -> int:
    return int(con.execute(f"SELECT count(*) FROM {_read(path)}").fetchone()[0])


def _differs(
    path: Path, first: Path, found: tuple[tuple[str, str], ...], columns: tuple[tuple[str, str], ...]
) -> Fault:
    here, there = dict(found), dict(columns)
    for name in there.keys() | here.keys():
        if here.get(name) != there.get(name):
            what = (
                f"column {name!r} is {here.get(name, 'not there')}, and {there.get(name, 'not there')} in {first.name}"
            )
            return Fault("other-columns", str(path), what, _ALIKE)
    return Fault("other-columns", str(path), f"its columns stand in another order than in {first.name}", _ALIKE)


def _read(*paths: Path) -> str:
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"
