"""A stranger's file, parsed once: every row with its number, its texts, their values, and why it may not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from forecastlab.dataset._csv_cells import BLANKS, LARGEST, among, clean, measure, moment, number, plain
from forecastlab.dataset._csv_header import line_of
from forecastlab.dataset._log import literal, quoted
from forecastlab.dataset._panel_mapping import attributes, numbers
from forecastlab.dataset._rows import marked
from forecastlab.schema import DataError, Fault, names

_STRUCTURE = {
    "MISSING COLUMNS": ("short-rows", "fewer cells than the header"),
    "TOO MANY COLUMNS": ("long-rows", "more cells than the header"),
    "UNQUOTED VALUE": ("bad-quotes", "a quote that does not close its cell"),
    "LINE SIZE OVER MAXIMUM": ("long-line", "more than 2 MB, maybe a quote that is not closed,"),
}
_FIXES = {
    "short-rows": "mend these rows: one cell for each column, which may be empty",
    "long-rows": "put cells that hold the separator into quotes, or set separator",
}
_QUOTES = "mend these rows: a quote inside a cell is written twice"
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


def layers(
    at: Mapping[str, int],
    date_format: str,
    decimal: str,
    thousands: str | None,
    sign: str | None,
    nobody: Sequence[str],
) -> list[list[str]]:
    """The SQL columns of the mapped cells in three layers, each computed from the one before: texts, values, cents.

    ``at`` maps a key such as ``amount`` or ``dimensions.region`` to the position of its column.
    """
    cell = {key: clean(f"c{position}") for key, position in at.items()}
    texts = [f"{cell['time']} AS time_text", f"{cell['amount']} AS amount_text", f"{cell['customer']} AS customer_text"]
    somebody = among("customer_text", ["", *nobody])
    found = [
        f"{moment('time_text', date_format)} AS time",
        f"{plain('amount_text', sign)} AS amount_plain",
        f"CASE WHEN NOT {somebody} THEN customer_text END AS {names.CUSTOMER}",
    ]
    worth = [f"{number('amount_plain', decimal, thousands, 'DECIMAL(28, 10)')} AS value"]
    # A cast to fewer decimals rounds half away from zero, as tills do.
    rounded = [f"CASE WHEN abs(value) < {LARGEST} THEN CAST(value AS DECIMAL(18, 2)) END AS rounded"]
    cents = [
        "CAST(rounded * 100 AS BIGINT) AS amount",
        "value <> rounded AS finer",
    ]
    if "quantity" in at:
        texts.append(f"{cell['quantity']} AS quantity_text")
        found.append(f"{plain('quantity_text', None)} AS quantity_plain")
        worth.append(f"{number('quantity_plain', decimal, thousands, 'DOUBLE')} AS quantity")
    if "basket" in at:
        texts.append(f"nullif({cell['basket']}, '') AS {names.BASKET}")
    for key, text in cell.items():
        if key.startswith("dimensions."):
            texts.append(f"nullif({text}, '') AS {quoted(key.removeprefix('dimensions.'))}")
    return [texts, found, worth, rounded, cents]


def table_layers(
    at: Mapping[str, int], date_format: str, decimal: str, thousands: str | None, nobody: Sequence[str]
) -> list[list[str]]:
    """The same for a further table: texts, times and ids, numbers."""
    cell = {key: clean(f"c{position}") for key, position in at.items()}
    texts = [
        f"{cell['time']} AS time_text",
        f"{cell['customer']} AS customer_text",
        f"nullif({cell['kind']}, '') AS kind",
    ]
    texts.append(f"{cell.get('value', literal(''))} AS value_text")
    found = [
        f"{moment('time_text', date_format)} AS {names.TIME}",
        f"CASE WHEN NOT {among('customer_text', ['', *nobody])} THEN customer_text END AS {names.CUSTOMER}",
        f"{plain('value_text', None)} AS value_plain",
    ]
    return [texts, found, [f"{number('value_plain', decimal, thousands, 'DOUBLE')} AS value"]]


def panel_layers(at: Mapping[str, int], date_format: str, decimal: str, thousands: str | None) -> list[list[str]]:
    """The same for a ready-made panel: texts, times and numbers. Of drivers and attributes see ``_panel_mapping``."""
    cell = {key: clean(f"c{position}") for key, position in at.items()}
    texts = [f"{cell['time']} AS time_text", f"nullif({cell['series']}, '') AS {names.SERIES}"]
    texts += [f"nullif({cell[key]}, '') AS {column}" for key, column in attributes(at).items()]
    texts += [f"{plain(cell[key], None)} AS {column}_text" for key, column in numbers(at).items()]
    found = [f"{moment('time_text', date_format)} AS {names.TIME}", "time_text <> '' AS time_given"]
    for column in numbers(at).values():
        # A number too large for a float would be infinite.
        value = measure(f"{column}_text", decimal, thousands)
        found.append(f"CASE WHEN isfinite({value}) THEN {value} END AS {column}")
        found.append(f"{column}_text <> '' AS {column}_given")
    return [texts, found]


def parse(
    con: Any,
    rows: str,
    width: int,
    columns: Sequence[Sequence[str]],
    reasons: Mapping[str, str],
    nothing: str,
    target: Path,
) -> bool:
    """Write the rows with their values and marks (see ``marked``) to ``target``.

    Tells whether all rows have the shape of the header; if not, nothing was written and ``structure`` knows why.
    """
    import duckdb

    # No cell holds chr(0): the bytes were checked. So the joined row is unambiguous, and 128 bits stand for it.
    joined = ", ".join(f"coalesce(c{i}, '')" for i in range(width))
    some = literal(f"[^\0{BLANKS}]")
    blank = f"NOT regexp_matches(joined, {some})"
    query = marked(rows, f"concat_ws(chr(0), {joined})", blank, columns, reasons, nothing)
    try:
        con.execute(f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet)")
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
        faults.append(Fault(code, where, f"{what} in {many}, the first on line {place}", _FIXES.get(code, _QUOTES)))
    return DataError(faults or Fault("bad-row", where, "the rows cannot be read", "check separator and quotes"))
