"""How every dataset writes its sales log: one sorted Parquet file, and a ledger that misses no row and no cent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from forecastlab.schema import DataError, EnvironmentFault, Fault, Ledger, names

Returns = Literal["net", "drop", "separate"]
FLOW = "flow"
"""The dimension that tells sales and returns apart where returns are kept separate."""


@dataclass(frozen=True)
class Shape:
    """What the lines of a log have beside customer, time and amount, and what becomes of returns."""

    dimensions: tuple[str, ...]
    has_quantity: bool
    has_basket: bool
    returns: Returns

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the log in their order, without the dimensions."""
        optional = ((names.QUANTITY, self.has_quantity), (names.BASKET, self.has_basket))
        return (names.CUSTOMER, names.TIME, names.AMOUNT, *(name for name, has in optional if has))

    @property
    def cuts(self) -> tuple[str, ...]:
        """All dimensions of the log, ``flow`` among them where returns are kept separate."""
        return (*self.dimensions, FLOW) if self.returns == "separate" else self.dimensions

    @property
    def returned(self) -> str:
        """The SQL condition for a return: money or goods went back."""
        back = f"{names.AMOUNT} < 0"
        return f"({back} OR coalesce({names.QUANTITY}, 0) < 0)" if self.has_quantity else f"({back})"


@contextmanager
def locked(sources: Sequence[Path], target: Path) -> Iterator[tuple[Any, Path]]:
    """A DuckDB that reads the given files only, and a folder beside ``target`` that it may write and spill to.

    Raises DataError for a source that cannot be read, EnvironmentFault where disk or memory is too small.
    """
    import duckdb

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".load-") as folder, duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")  # a worker is taken for somebody at a terminal
        con.execute("SET threads TO 2")
        con.execute(f"SET temp_directory = {literal(folder)}")
        con.execute(f"SET allowed_paths = [{', '.join(literal(str(path)) for path in sources)}]")
        con.execute(f"SET allowed_directories = [{literal(folder + '/')}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        try:
            yield con, Path(folder)
        except duckdb.OutOfMemoryException as error:
            raise EnvironmentFault(Fault("out-of-memory", str(target.parent), "memory or disk is too small")) from error
        except duckdb.Error as error:  # its text may quote values of the data, so only its kind is told
            where = ", ".join(path.name for path in sources)
            what = f"cannot be read ({type(error).__name__})"
            raise DataError(Fault("unreadable-source", where, what, "run with --debug to see why")) from error


def write(con: Any, folder: Path, target: Path, lines: str, shape: Shape, notes: Mapping[str, str]) -> Ledger:
    """Write the lines that are used to ``target``, sorted, and account for all of them.

    ``lines`` is a SELECT with the columns of ``shape`` (a missing dimension is NULL) and ``dropped``: NULL for a line
    that is used, otherwise the reason why it is not. ``notes`` maps a remark to the SQL condition of the lines that it
    is about. Used rows and cents are counted in the written file, all others in the source. Raises DataError if they
    do not add up.
    """
    dropped = "dropped"
    if shape.returns == "drop":
        dropped = f"coalesce(dropped, CASE WHEN {shape.returned} THEN 'returns' END)"
    flow = (
        f", CASE WHEN {shape.returned} THEN 'return' ELSE 'sale' END AS {FLOW}" if shape.returns == "separate" else ""
    )
    con.execute(f"CREATE TEMP VIEW lines AS SELECT * REPLACE ({dropped} AS dropped){flow} FROM ({lines})")

    kept = [quoted(name) for name in shape.columns]
    kept += [f"coalesce({quoted(name)}, {literal(names.UNKNOWN)}) AS {quoted(name)}" for name in shape.cuts]
    order = ", ".join(quoted(name) for name in (*shape.columns, *shape.cuts))
    written = folder / "log.parquet"
    con.execute(
        f"COPY (SELECT {', '.join(kept)} FROM lines WHERE dropped IS NULL ORDER BY {order}) "
        f"TO {literal(str(written))} (FORMAT parquet)"
    )
    ledger = _account(con, written, shape, notes)
    if not ledger.balanced:
        raise DataError(Fault("unbalanced-ledger", str(target), "rows or money were lost on the way into the log"))
    written.replace(target)
    return ledger


def days(con: Any) -> tuple[str, str]:
    """The first and the last day on which a used line was sold, as ISO dates."""
    found = con.execute(
        f"SELECT CAST(min({names.TIME}) AS DATE), CAST(max({names.TIME}) AS DATE) FROM lines WHERE dropped IS NULL"
    ).fetchone()
    return str(found[0]), str(found[1])


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _account(con: Any, written: Path, shape: Shape, notes: Mapping[str, str]) -> Ledger:
    money = f"coalesce(sum({names.AMOUNT}), 0)"
    used = con.execute(f"SELECT count(*), {money} FROM read_parquet({literal(str(written))})").fetchone()
    total = con.execute(f"SELECT count(*), {money} FROM lines").fetchone()
    gone = con.execute(
        f"SELECT dropped, count(*), {money} FROM lines WHERE dropped IS NOT NULL GROUP BY dropped ORDER BY dropped"
    ).fetchall()
    remarks = {"returns": shape.returned, "no customer": f"{names.CUSTOMER} IS NULL"}
    remarks |= {f"{name} filled with {names.UNKNOWN!r}": f"{quoted(name)} IS NULL" for name in shape.dimensions}
    remarks |= notes
    counts = ", ".join(
        f"count(*) FILTER (WHERE {test}), coalesce(sum({names.AMOUNT}) FILTER (WHERE {test}), 0)"
        for test in remarks.values()
    )
    noted = con.execute(f"SELECT {counts} FROM lines WHERE dropped IS NULL").fetchone()
    pairs = zip(remarks, zip(noted[::2], noted[1::2], strict=True), strict=True)
    return Ledger(
        rows_in=int(total[0]),
        cents_in=int(total[1]),
        rows_used=int(used[0]),
        cents_used=int(used[1]),
        dropped={reason: (int(rows), int(cents)) for reason, rows, cents in gone},
        noted={remark: (int(rows), int(cents)) for remark, (rows, cents) in pairs if rows},
    )
