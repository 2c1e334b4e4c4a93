"""What is wrong with the cells of a stranger's file, all at once: how many rows, which line first, what to type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.dataset._csv_cells import LARGEST, measure, moment, number, plain, swapped
from forecastlab.dataset._csv_header import line_of
from forecastlab.dataset._log import literal
from forecastlab.dataset._panel_mapping import numbers, panel_checks, panel_empty
from forecastlab.dataset._rows import FAR, Check, Finding, empty, found, unused
from forecastlab.schema import DataError, Fault

_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%y", "%m/%d/%y")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M:%S%z", " %I:%M %p", " %I:%M:%S %p")
_NUMBERS = ((",", None), (".", None), (",", "."), (".", ","), (",", " "), (".", " "), (",", "'"), (".", "'"))
_SIGNS = (
    "€",
    "$",
    "£",
    "¥",
    "₹",
    "kr",
    "zł",
    "Kč",
    "Fr.",
    "R$",
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "PLN",
    "JPY",
    "CNY",
)


@dataclass(frozen=True)
class Source:
    """The file as it was declared: for the words of a fault, and for finding its lines."""

    where: str
    text: Path
    separator: str
    columns: dict[str, str]
    date_format: str
    decimal: str
    thousands: str | None


def check_log(con: Any, parsed: str, source: Source, refuse_finer: bool, refuse_copies: bool) -> None:
    """Raise DataError with one fault per kind of wrong cell in ``parsed``, the texts and values of a sales log."""
    kept = "dropped IS NULL"
    checks = [
        *_dates(source),
        Check("bad-amount", "amount", "amount_text <> '' AND value IS NULL", "not an amount"),
        Check("amount-too-large", "amount", f"abs(value) >= {LARGEST}", f"an amount of {LARGEST:,} or more"),
    ]
    if refuse_finer:
        finer = f"{kept} AND abs(value) < {LARGEST} AND finer"
        checks.append(Check("finer-than-cents", "amount", finer, "more than two decimals"))
    if "quantity" in source.columns:
        wrong = "quantity_text <> '' AND quantity IS NULL"
        checks.append(Check("bad-quantity", "quantity", wrong, "not a number"))
    if refuse_copies:
        checks.append(Check("duplicate-rows", "", f"{kept} AND copy > 1", "an exact repetition of an earlier row"))
    texts = {"customer": "customer_id IS NULL", "time": "time_text = ''", "amount": "amount_text = ''"}
    _check(con, parsed, source, checks, texts)


def check_table(con: Any, parsed: str, source: Source) -> None:
    """Raise DataError with one fault per kind of wrong cell in ``parsed``, the texts and values of a further table."""
    checks = _dates(source)
    if "value" in source.columns:
        checks.append(Check("bad-value", "value", "value_text <> '' AND value IS NULL", "not a number"))
    texts = {"customer": "customer_id IS NULL", "time": "time_text = ''", "kind": "kind IS NULL"}
    _check(con, parsed, source, checks, texts)


def check_panel(con: Any, parsed: str, source: Source) -> None:
    """Raise DataError with one fault per kind of wrong cell in ``parsed``, the texts and values of a panel."""
    checks = panel_checks(source.columns, f"not a date as {source.date_format}", "not a number")
    _check(con, parsed, source, checks, panel_empty(source.columns))


def _dates(source: Source) -> list[Check]:
    return [
        Check("bad-date", "time", "time_text <> '' AND time IS NULL", f"not a date as {source.date_format}"),
        Check("implausible-date", "time", f"dropped IS NULL AND {FAR}", "a date before 1900 or after 2100"),
    ]


def _check(con: Any, parsed: str, source: Source, checks: list[Check], texts: dict[str, str]) -> None:
    places = {key: f"{source.where}, column {name!r}" for key, name in source.columns.items()}
    faults = [
        Fault(
            one.check.code,
            places.get(one.check.column, source.where),
            _what(source, one),
            _fix(con, parsed, source, one.check),
        )
        for one in found(con, parsed, checks)
    ]
    faults += empty(con, parsed, source.where, places, texts) or ([] if faults else unused(con, parsed, source.where))
    if faults:
        raise DataError(faults)


def _what(source: Source, one: Finding) -> str:
    line = line_of(source.text, source.separator, one.first, empty_too=False)
    return f"{one.check.what} in {one.rows} row{'s' if one.rows > 1 else ''}, the first on line {line}"


def _fix(con: Any, parsed: str, source: Source, check: Check) -> str:
    match check.code:
        case "bad-date":
            return _date_fix(con, parsed, source)
        case "bad-amount":
            return _amount_fix(con, parsed, source)
        case "bad-number":
            return _number_fix(con, parsed, source, f"{numbers(source.columns)[check.column]}_text")
        case "far-date":
            return "mend these rows, or date_format (a year of two digits is %y)"
        case "implausible-date":
            return "set first_day or last_day to leave them out, or mend date_format (a year of two digits is %y)"
        case "finer-than-cents":
            return f"if {source.decimal!r} stands between thousands, mend decimal; or set finer_than_cents: round"
        case "duplicate-rows":
            return "set duplicates: drop or keep"
        case "amount-too-large":
            return "mend these rows; if they are right, write amounts in thousands"
        case _:
            return "mend these rows"


def _date_fix(con: Any, parsed: str, source: Source) -> str:
    other = swapped(source.date_format)
    formats = ([other] if other else []) + [day + clock for day in _DATES for clock in _CLOCKS]
    best = _reads_all(con, parsed, "time_text", [moment("time_text", one) for one in formats])
    if best is not None:
        return f"all rows read as date_format: {formats[best]!r}"
    number_like = "regexp_full_match(time_text, '[0-9]{10}|[0-9]{13}')"
    if _reads_all(con, parsed, "time_text", [f"CASE WHEN {number_like} THEN 1 END"]) is not None:
        return "they look like seconds or milliseconds since 1970: write them as dates first"
    return "mend these rows, or date_format"


def _amount_fix(con: Any, parsed: str, source: Source) -> str:
    tries: list[tuple[str, str | None, str | None]] = [(decimal, group, None) for decimal, group in _NUMBERS]
    signs = [sign for sign in _SIGNS if _seen(con, parsed, sign)]
    if len(signs) > 1:
        return f"there are several currencies ({', '.join(signs)}): convert them first"
    tries += [(decimal, group, signs[0]) for decimal, group in _NUMBERS] if signs else []
    declared = (source.decimal, source.thousands)
    tries.sort(key=lambda one: (one[0], one[1]) != declared)
    numbers = [
        number(f"({plain('amount_text', sign)})", decimal, group, "DECIMAL(28, 10)") for decimal, group, sign in tries
    ]
    # 1.234 with a decimal point would be read, too: whole cents tell that it is a thousand and more.
    readings = [f"CASE WHEN {one} = round({one}, 2) THEN 1 END" for one in numbers]
    best = _reads_all(con, parsed, "amount_text", readings)
    if best is None:
        return "mend these rows, or decimal and thousands"
    decimal, group, sign = tries[best]
    settings = f"decimal: {decimal!r}, thousands: {group!r}" if group else f"decimal: {decimal!r}, thousands: null"
    return f"all rows read with {settings}" + (f", currency_sign: {sign!r}" if sign else "")


def _number_fix(con: Any, parsed: str, source: Source, text: str) -> str:
    readings = [measure(text, decimal, group) for decimal, group in _NUMBERS]
    best = _reads_all(con, parsed, text, readings)
    if best is None or _NUMBERS[best] == (source.decimal, source.thousands):
        return "mend these rows; leave a cell empty where there is no value"
    decimal, group = _NUMBERS[best]
    return f"all rows read with decimal: {decimal!r}, thousands: {repr(group) if group else 'null'}"


def _seen(con: Any, parsed: str, sign: str) -> bool:
    # Beside digits and points only: an amount column that was mapped by mistake may hold names.
    strange = f"regexp_replace(amount_text, '[-+0-9., ''\u00a0\u202f]', '', 'g') = {literal(sign)}"
    return bool(con.execute(f"SELECT bool_or({strange}) FROM {parsed}").fetchone()[0])


def _reads_all(con: Any, parsed: str, text: str, readings: list[str]) -> int | None:
    counts = ", ".join(f"count(*) FILTER (WHERE ({reading}) IS NULL)" for reading in readings)
    failing = con.execute(f"SELECT {counts} FROM {parsed} WHERE {text} <> ''").fetchone()
    return next((i for i, count in enumerate(failing) if count == 0), None)
