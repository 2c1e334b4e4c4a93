"""How the cells of a stranger's file become values: text stays text, money goes through DECIMAL, never a float."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forecastlab.dataset._log import literal

LARGEST = 10**13
"""Amounts from here on are refused: sums of cents would no longer be exact in a float."""

_ODD, _PLAIN = literal("\u2212\u00a0\u202f\u2009\u2019"), literal("-   '")
"""Minus, blanks and apostrophe as typesetters write them, and as keyboards do."""
_BLANKS = literal(" \t\r\n\v\f\u00a0\u2009\u202f\ufeff")


def clean(column: str) -> str:
    """The cell without surrounding blanks; a missing cell is the empty text."""
    return f"coalesce(trim({column}, {_BLANKS}), '')"


def number(cell: str, decimal: str, thousands: str | None, sign: str | None, kind: str) -> str:
    """The value of a cleaned cell as ``kind`` (an SQL type), NULL where it is not exactly one number.

    Allowed are digits, complete groups of three if ``thousands`` is given, up to ten decimals, a leading plus or minus
    or a trailing minus, and the currency sign if one is given. ``inf``, ``1e3``, ``#REF!`` and ``(5)`` are not numbers.
    """
    text = f"translate({cell}, {_ODD}, {_PLAIN})"
    if sign:
        text = f"trim(replace({text}, {literal(sign)}, ''))"
    point, group = re.escape(decimal), re.escape(thousands or "")
    whole = rf"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    body = rf"({whole}({point}[0-9]{{0,10}})?|{point}[0-9]{{1,10}})"
    digits = f"replace(replace({text}, {literal(thousands)}, '')" if thousands else f"replace(({text})"
    digits += f", {literal(decimal)}, '.')"
    value = f"CASE WHEN {digits} LIKE '%-' THEN '-' || rtrim({digits}, '-') ELSE {digits} END"
    test = f"regexp_full_match({text}, {literal(rf'([+-]?{body}|{body}-)')})"
    return f"CASE WHEN {test} THEN TRY_CAST({value} AS {kind}) END"


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
