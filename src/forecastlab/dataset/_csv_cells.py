"""How the cells of a stranger's file become values: text stays text, money goes through DECIMAL, never a float."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forecastlab.dataset._log import literal

LARGEST = 10**13
"""Amounts from here on are refused: sums of cents would no longer be exact in a float."""

BLANKS = " \t\r\n\v\f\u00a0\u2009\u202f\ufeff"
_ODD, _PLAIN = "\u2212\u00a0\u202f\u2009\u2019", "-   '"
"""Minus, blanks and apostrophe as typesetters write them, and as keyboards do."""


def clean(column: str) -> str:
    """The cell without surrounding blanks; a missing cell is the empty text."""
    # The test is seven times as fast as a trim that finds nothing.
    edge = literal(f"^[{BLANKS}]|[{BLANKS}]$")
    return (
        f"CASE WHEN {column} IS NULL THEN '' WHEN regexp_matches({column}, {edge}) "
        f"THEN trim({column}, {literal(BLANKS)}) ELSE {column} END"
    )


def plain(cell: str, sign: str | None) -> str:
    """The cleaned cell of a number without the currency sign and with the characters of a keyboard."""
    odd = f"translate({cell}, {literal(_ODD)}, {literal(_PLAIN)})"
    text = f"CASE WHEN regexp_matches({cell}, {literal(f'[{_ODD}]')}) THEN {odd} ELSE {cell} END"
    return f"trim(replace({text}, {literal(sign)}, ''))" if sign else text


def number(text: str, decimal: str, thousands: str | None, kind: str) -> str:
    """The value of a plain cell as ``kind`` (an SQL type), NULL where it is not exactly one number.

    Allowed are digits, complete groups of three if ``thousands`` is given, up to ten decimals, and a leading plus or
    minus or a trailing minus. ``inf``, ``1e3``, ``#REF!`` and ``(5)`` are not numbers.
    """
    return _number(text, decimal, thousands, kind, "0,10", "")


def measure(text: str, decimal: str, thousands: str | None) -> str:
    """The same for a number that is no money, as DOUBLE: any number of decimals, and ``1.5e-07``."""
    return _number(text, decimal, thousands, "DOUBLE", "0,", "([eE][+-]?[0-9]{1,3})?")


def _number(text: str, decimal: str, thousands: str | None, kind: str, places: str, power: str) -> str:
    point, group = re.escape(decimal), re.escape(thousands or "")
    whole = rf"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    body = rf"({whole}({point}[0-9]{{{places}}})?|{point}[0-9]{{{places.replace('0', '1', 1)}}}){power}"
    digits = f"replace({text}, {literal(thousands)}, '')" if thousands else text
    digits = f"replace({digits}, ',', '.')" if decimal == "," else digits
    leading = rf"regexp_full_match({text}, {literal(rf'[+-]?{body}')})"
    trailing = rf"regexp_full_match({text}, {literal(rf'{body}-')})"
    return (
        f"CASE WHEN {leading} THEN TRY_CAST({digits} AS {kind}) "
        f"WHEN {trailing} THEN -TRY_CAST(rtrim({digits}, '-') AS {kind}) END"
    )


def moment(cell: str, date_format: str) -> str:
    """The time of a cleaned cell, NULL where it does not have the format; with ``%z`` in it, the time in UTC."""
    return f"CAST(try_strptime({cell}, {literal(date_format)}) AS TIMESTAMP)"


def among(cell: str, values: Sequence[str]) -> str:
    """The condition that a cell is one of the values."""
    return f"{cell} IN ({', '.join(map(literal, values))})" if values else "false"


def swapped(date_format: str) -> str | None:
    """The format with day and month in each other's place; None where it has not both as numbers."""
    if "%d" not in date_format or "%m" not in date_format:
        return None
    return date_format.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
