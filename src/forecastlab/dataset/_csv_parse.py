"""A stranger's file, parsed once: every row with its number, its texts, their values, and why it may not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from forecastlab.dataset._csv_cells import LARGEST, among, clean, moment, number
from forecastlab.dataset._csv_header import line_of
from forecastlab.dataset._log import literal, quoted
from forecastlab.schema import DataError, Fault, names

_STRUCTURE = {
    "MISSING COLUMNS": ("short-rows", "fewer cells than the header"),
    "TOO MANY COLUMNS": ("long-rows", "more cells than the header"),
    "UNQUOTED VALUE": ("bad-quotes", "a quote that does not close its cell"),
    "LINE SIZE OVER MAXIMUM": ("long-line", "more than 2 MB, maybe a quote that is not closed,"),
}
_LONG_FIX = "put cells that hold the separator into quotes, or set separator"
_MOST_REJECTS = 100_000


def read_rows(text: Path, width: int, separator: str, above: int, rejects: bool) -> str:
    """The SQL that reads all cells as text, named c0, c1, …; without guessing types, nulls or separators.

    ``above`` is how many empty lines stand above the header; ``rejects`` puts rows of a wrong shape into a table.
    """
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    more = f", store_rejects = true, rejects_limit = {_MOST_REJECTS}" if rejects else ""
    return (
        f"read_csv({literal(str(text))}, columns = {{{columns}}}, delim = {literal(separator)}, quote = '\"', "
        f"escape = '\"', header = true, skip = {above}, auto_detect = false{more})"
    )


def values(
    at: Mapping[str, int],
    date_format: str,
    decimal: str,
    thousands: str | None,
    sign: str | None,
    nobody: Sequence[str],
) -> list[str]:
    """The SQL columns that hold the texts and the values of the mapped columns; ``at`` maps a key to a position."""
    cell = {key: clean(f"c{position}") for key, position in at.items()}
    amount = number("amount_text", decimal, thousands, sign, "DECIMAL(28, 10)")
    columns = [
        f"{cell['time']} AS time_text",
        f"{cell['amount']} AS amount_text",
        f"{moment('time_text', date_format)} AS time",
        f"{amount} AS value",
        f"CASE WHEN abs(value) < {LARGEST} THEN CAST(round(value * 100) AS BIGINT) END AS amount",
        "value * 100 <> round(value * 100) AS finer",
        f"CASE WHEN {among(cell['customer'], ['', *nobody])} THEN NULL ELSE {cell['customer']} END AS customer_id",
    ]
    if "quantity" in at:
        columns.append(f"{cell['quantity']} AS quantity_text")
        columns.append(f"{number('quantity_text', decimal, thousands, None, 'DOUBLE')} AS quantity")
    if "basket" in at:
        columns.append(f"nullif({cell['basket']}, '') AS {names.BASKET}")
    for key, text in cell.items():
        if key.startswith("dimensions."):
            columns.append(f"nullif({text}, '') AS {quoted(key.removeprefix('dimensions.'))}")
    return columns


def parse(con: Any, rows: str, width: int, columns: Sequence[str], reasons: Mapping[str, str], target: Path) -> bool:
    """Write the rows with their values, ``row`` (from 1), ``copy`` (2 for the first repetition) and ``dropped``.

    ``reasons`` maps why a row is not used to its SQL condition; the first that holds counts. Tells whether all rows
    have the shape of the header; if not, nothing was written and ``structure`` knows why.
    """
    import duckdb

    every = [f"c{i}" for i in range(width)]
    blank = " AND ".join(f"{clean(cell)} = ''" for cell in every)
    # No cell holds chr(0): the bytes were checked. So the joined row is unambiguous, and 128 bits stand for it.
    joined = ", ".join(f"coalesce({cell}, '')" for cell in every)
    cases = " ".join(f"WHEN {test} THEN {literal(reason)}" for reason, test in reasons.items())
    cells = f"SELECT row_number() OVER () AS row, ({blank}) AS blank, md5_number(concat_ws(chr(0), {joined})) AS same"
    copies = "SELECT *, row_number() OVER (PARTITION BY same ORDER BY row) AS copy"
    try:
        con.execute(
            f"COPY (SELECT * EXCLUDE (same, blank), CASE WHEN blank THEN 'empty row' {cases} END AS dropped "
            f"FROM ({copies} FROM ({cells}, {', '.join(columns)} FROM {rows}))) "
            f"TO {literal(str(target))} (FORMAT parquet)"
        )
    except duckdb.InvalidInputException:
        return False
    return True


def structure(con: Any, rows: str, text: Path, separator: str, where: str) -> DataError:
    """What is wrong with the shape of the rows of ``text``, told by DuckDB's parser; ``rows`` reads with rejects."""
    con.execute(f"SELECT count(*) FROM {rows}").fetchall()  # to its end: only then the table of rejects is there
    total = con.execute(
        "SELECT error_type::VARCHAR, count(DISTINCT line), min(line) FROM reject_errors GROUP BY 1 ORDER BY 3, 1"
    ).fetchall()
    faults = []
    for kind, count, line in total:
        code, what = _STRUCTURE.get(kind, ("bad-row", "something that cannot be read"))
        many = f"{count}{' or more' if count >= _MOST_REJECTS else ''} row{'s' if count > 1 else ''}"
        place = line_of(text, separator, line - 1, empty_too=True)
        fix = _LONG_FIX if code == "long-rows" else ""
        faults.append(Fault(code, where, f"{what} in {many}, the first on line {place}", fix))
    return DataError(faults or Fault("bad-row", where, "the rows cannot be read", "check separator and quotes"))
