"""A source with typed columns, from its columns to checked rows and then to a log, whatever holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from forecastlab.dataset._csv_cells import LARGEST
from forecastlab.dataset._log import literal, write
from forecastlab.dataset._mapping import after, contradictions, facts_of, reasons, shape_of, wanted
from forecastlab.dataset._panel_mapping import (
    PanelRows,
    panel_checks,
    panel_columns,
    panel_contradictions,
    panel_empty,
    panel_reasons,
)
from forecastlab.dataset._remarks import remarks
from forecastlab.dataset._rows import FAR, Check, empty, found, marked, together, unused
from forecastlab.dataset._tables import NOTHING, FileTable, QueryTable, check_kinds, columns_of, keep_tables, left_out
from forecastlab.dataset._typed_columns import Typed, column_types, layers, panel_layers
from forecastlab.schema import ConfigError, DataError, Facts, Fault, nearest

if TYPE_CHECKING:
    from forecastlab.dataset.panel_parquet import PanelParquet
    from forecastlab.dataset.parquet import Parquet
    from forecastlab.dataset.sql import Sql

Open = Callable[[], Typed]
"""Makes a source readable and tells its columns; raises DataError where that fails."""


def check_settings(part: Parquet | Sql) -> None:
    """Raise ConfigError with every contradiction among the settings."""
    _refuse([*contradictions(part), *_zone(part.time_zone)])


def check_panel_settings(part: PanelParquet) -> None:
    """The same for a ready-made panel."""
    _refuse([*panel_contradictions(part), *_zone(part.time_zone)])


def load_typed(
    con: Any, part: Parquet | Sql, log: Open, tables: Mapping[Any, Open], folder: Path, target: Path
) -> Facts:
    """Read, check and write the log and its further tables. Raises DataError with every fault of all of them."""
    jobs = [partial(_log, con, part, log, folder)]
    jobs += [partial(_table, con, part, name, source, folder) for name, source in tables.items()]
    parsed, *others = together(jobs)
    shape = shape_of(part)
    ledger = write(con, folder, target, f"SELECT * FROM {parsed}", shape, remarks(con, parsed, "", shape))
    ledger, kinds = keep_tables(con, dict(zip(tables, others, strict=True)), ledger, folder, target)
    return facts_of(part, con, ledger, kinds)


def _zone(zone: str | None) -> list[Fault]:
    if zone is None or zone in (zones := available_timezones()):
        return []
    what = f"found {zone!r}, which is no time zone"
    return [Fault("bad-zone", "dataset.time_zone", what, nearest(zone, sorted(zones)))]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise ConfigError(faults)


def _log(con: Any, part: Parquet | Sql, source: Open, folder: Path) -> str:
    """The SQL that reads the checked rows of the sales log."""
    typed, columns = source(), wanted(part)
    _raise(column_types(typed, columns, part.time_zone, ""))
    why = reasons(part, "NOT given", "NOT paid")
    laid = layers(typed, columns, part.time_zone, part.anonymous_values)
    parsed = _parsed(con, typed, laid, why, "empty row", folder / "parsed.parquet")
    kept = "dropped IS NULL"
    checks = [
        *_dates(typed, part.time_zone),
        Check("bad-amount", "amount", "NOT finite", "not a finite number"),
        Check("amount-too-large", "amount", "paid AND finite AND rounded IS NULL", f"an amount of {LARGEST:,} or more"),
    ]
    if part.finer_than_cents == "refuse":
        checks.append(Check("finer-than-cents", "amount", f"{kept} AND finer", "more than two decimals"))
    if part.quantity is not None:
        checks.append(Check("bad-quantity", "quantity", "quantity_bad", "not a finite number"))
    if part.duplicates == "refuse":
        checks.append(Check("duplicate-rows", "", f"{kept} AND copy > 1", "an exact repetition of an earlier row"))
    nulls = {"customer": "customer_id IS NULL", "time": "NOT given", "amount": "NOT paid"}
    _check(con, parsed, typed, columns, checks, nulls)
    return parsed


def _table(con: Any, part: Parquet | Sql, name: str, source: Open, folder: Path) -> str:
    """The SQL that reads the checked rows of a further table."""
    table: FileTable | QueryTable = part.tables[name]  # type: ignore[index]
    typed, columns = source(), columns_of(table)
    _raise(column_types(typed, columns, part.time_zone, f"tables.{name}."))
    why = {**left_out("NOT given"), **after(part)}
    laid = layers(typed, columns, part.time_zone, part.anonymous_values)
    parsed = _parsed(con, typed, laid, why, NOTHING, folder / f"{name}.parsed.parquet")
    checks = _dates(typed, part.time_zone)
    if table.value is not None:
        checks.append(Check("bad-value", "value", "value_bad", "not a finite number"))
    nulls = {"customer": "customer_id IS NULL", "time": "NOT given", "kind": "kind IS NULL"}
    _check(con, parsed, typed, columns, checks, nulls)
    check_kinds(con, parsed, f"{typed.where}, column {table.kind!r}")
    return parsed


def read_panel(con: Any, part: PanelParquet, typed: Typed, folder: Path) -> PanelRows:
    """Read a ready-made panel once. Raises DataError for columns that are not there or of a wrong type."""
    columns = panel_columns(part)
    _raise(column_types(typed, columns, part.time_zone, ""))
    laid = panel_layers(typed, columns, part.time_zone)
    parsed = _parsed(con, typed, laid, panel_reasons(columns), "empty row", folder / "parsed.parquet")
    checks = panel_checks(columns, "not a time", "not a finite number")
    nulls = panel_empty(columns)
    return PanelRows(
        part.path, parsed, columns, typed.place, lambda: _check(con, parsed, typed, columns, checks, nulls)
    )


def _parsed(
    con: Any,
    source: Typed,
    columns: Sequence[Sequence[str]],
    why: Mapping[str, str],
    nothing: str,
    target: Path,
) -> str:
    """Read the source once into a table of all its rows and tell the SQL that reads that table."""
    cells = [f"CAST(c{i} AS VARCHAR)" for i in range(len(source.columns))]
    # With their lengths before them, texts that are joined cannot be taken for others.
    joined = " || ".join(f"coalesce(length({cell}) || ':' || {cell}, '-')" for cell in cells)
    blank = f"joined = {literal('-' * len(cells))}"
    query = marked(source.rows, joined, blank, columns, why, nothing)
    con.execute(f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet)")
    return f"read_parquet({literal(str(target))})"


def _dates(source: Typed, zone: str | None) -> list[Check]:
    form = "2024-12-31 18:30:00+01:00" if zone else "2024-12-31 or 2024-12-31 18:30:00"
    checks = [Check("bad-date", "time", "given AND time IS NULL", f"not a time like {form}")] * source.text_times
    return [
        *checks,
        Check("implausible-date", "time", f"dropped IS NULL AND {FAR}", "a date before 1900 or after 2100"),
    ]


_FIXES = {
    "bad-date": "mend them, or time_zone (null for times without an offset)",
    "implausible-date": "set first_day or last_day to leave them out",
    "finer-than-cents": "round in the source, or set finer_than_cents: round",
    "duplicate-rows": "set duplicates: drop or keep",
    "bad-amount": "leave NaN and infinity out in the source",
    "amount-too-large": "mend these rows; if they are right, write amounts in thousands",
    "bad-quantity": "leave NaN and infinity out in the source",
    "far-date": "mend these rows",
    "bad-number": "leave it empty (null) where there is no value",
    "bad-value": "leave NaN and infinity out in the source",
}


def _check(
    con: Any, parsed: str, source: Typed, columns: Mapping[str, str], checks: list[Check], nulls: Mapping[str, str]
) -> None:
    places = {key: f"{source.where}, column {name!r}" for key, name in columns.items()}
    faults = []
    for one in found(con, parsed, checks):
        rows = f"{one.rows} row{'s' if one.rows > 1 else ''}"
        what = f"{one.check.what} in {rows}, the first is {source.place(one.first)}"
        where = places.get(one.check.column, source.where)
        faults.append(Fault(one.check.code, where, what, _FIXES.get(one.check.code, "mend these rows")))
    faults += empty(con, parsed, source.where, places, nulls) or ([] if faults else unused(con, parsed, source.where))
    _raise(faults)


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise DataError(faults)
