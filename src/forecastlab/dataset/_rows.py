"""Rows of a source, marked once: their number, whether one repeats another, why one is not used, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from forecastlab.dataset._log import literal
from forecastlab.schema import DataError, Fault

FAR = "(time < TIMESTAMP '1900-01-01' OR time >= TIMESTAMP '2101-01-01')"
"""The condition of a time that no shop can mean."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong with a row: ``column`` is the key of the column, ``test`` the SQL condition."""

    code: str
    column: str
    test: str
    what: str


@dataclass(frozen=True)
class Finding:
    """What a check found: how many rows, and the number of the first."""

    check: Check
    rows: int
    first: int


def marked(
    rows: str, joined: str, blank: str, columns: Sequence[Sequence[str]], reasons: Mapping[str, str], nothing: str
) -> str:
    """The SQL of the rows with their values, ``row`` (from 1), ``copy`` (2 for the first repetition) and ``dropped``.

    ``joined`` is an expression that is equal for equal rows and for no others, and ``blank`` a condition on it, told
    as ``nothing``. ``columns`` holds layers, each computed from the one before. ``reasons`` maps why a row is not used
    to its condition; the first that holds counts.
    """
    query = f"SELECT *, row_number() OVER () AS row, {joined} AS joined FROM {rows}"
    first, *rest = columns
    query = f"SELECT {', '.join(['row', 'md5_number(joined) AS same', f'{blank} AS blank', *first])} FROM ({query})"
    for layer in rest:
        query = f"SELECT *, {', '.join(layer)} FROM ({query})"
    query = f"SELECT *, row_number() OVER (PARTITION BY same ORDER BY row) AS copy FROM ({query})"
    cases = " ".join(f"WHEN {test} THEN {literal(reason)}" for reason, test in reasons.items())
    return (
        f"SELECT * EXCLUDE (same, blank), CASE WHEN blank THEN {literal(nothing)} {cases} END AS dropped FROM ({query})"
    )


def found(con: Any, parsed: str, checks: Sequence[Check]) -> list[Finding]:
    """The checks that some row of ``parsed`` fails, in their order."""
    counts = ", ".join(f"count(*) FILTER (WHERE {c.test}), min(row) FILTER (WHERE {c.test})" for c in checks)
    answer = con.execute(f"SELECT {counts} FROM {parsed}").fetchone()
    return [
        Finding(check, rows, first)
        for check, rows, first in zip(checks, answer[::2], answer[1::2], strict=True)
        if rows
    ]


def empty(con: Any, parsed: str, where: str, places: Mapping[str, str], tests: Mapping[str, str]) -> list[Fault]:
    """Whether there are rows at all, and a value for every key of ``tests`` (the condition of an empty cell).

    ``places`` maps a key to the words for its column.
    """
    counts = ", ".join(f"count(*) FILTER (WHERE {test})" for test in tests.values())
    rows, *missing = con.execute(f"SELECT count(*), {counts} FROM {parsed}").fetchone()
    if not rows:
        return [Fault("no-rows", where, "there is no row in it", "check path or query")]
    return [
        Fault("all-missing", places[key], f"none of the {rows} rows has a value", "map another column")
        for key, count in zip(tests, missing, strict=True)
        if count == rows
    ]


def unused(con: Any, parsed: str, where: str) -> list[Fault]:
    """The fault that no row is left to be used, with the reasons."""
    gone = con.execute(f"SELECT dropped, count(*) FROM {parsed} GROUP BY dropped ORDER BY 2 DESC, 1").fetchall()
    if any(reason is None for reason, _ in gone):
        return []
    reasons = ", ".join(f"{rows} × {reason}" for reason, rows in gone)
    return [
        Fault("no-rows", where, f"no row can be used: {reasons}", "mend the rows, or the settings that leave them out")
    ]


def together(jobs: Iterable[Callable[[], _T]]) -> list[_T]:
    """Do all jobs, so that what is wrong with one does not hide what is wrong with another.

    Raises DataError with the faults of all of them.
    """
    results: list[_T] = []
    faults: list[Fault] = []
    for job in jobs:
        try:
            results.append(job())
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return results
