"""How a source's columns are mapped to a ready-made panel, and what its cells must be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from forecastlab.dataset._mapping import bad_names
from forecastlab.dataset._rows import Check
from forecastlab.schema import ConfigError, Fault, Frequency, names

if TYPE_CHECKING:
    from forecastlab.dataset.panel_csv import PanelCsv
    from forecastlab.dataset.panel_parquet import PanelParquet

    PanelPart: TypeAlias = PanelCsv | PanelParquet

FAR = "(time < TIMESTAMP '1700-01-01' OR time >= TIMESTAMP '2101-01-01')"
"""The condition of a time that no series has: some begin long before there were tills."""


@dataclass(frozen=True)
class PanelRows:
    """A panel as it was read, row by row.

    ``parsed`` is the SQL that reads its rows: ``row, dropped, unique_id, time, time_given``, ``y`` and the columns of
    ``numbers`` as DOUBLE, each with ``<column>_given``, and those of ``attributes`` as text; empty cells are NULL.
    ``place`` says where a row stands; ``check`` raises DataError with what is wrong with the cells.
    """

    where: str
    parsed: str
    columns: Mapping[str, str]
    place: Callable[[int], str]
    check: Callable[[], None]


def panel_columns(part: PanelPart) -> dict[str, str]:
    """The columns that are wanted of the source, by the key that names them."""
    found = {"series": part.series, "time": part.time, "value": part.value}
    found |= {f"attributes.{name}": column for name, column in part.attributes.items()}
    return found | {f"drivers.{name}": column for name, column in part.drivers.items()}


def numbers(keys: Iterable[str]) -> dict[str, str]:
    """The number columns inside, by key: ``y``, then ``d0``, ``d1``, … for the drivers."""
    return {"value": names.Y, **_numbered(keys, "drivers")}


def attributes(keys: Iterable[str]) -> dict[str, str]:
    """The text columns inside, by key: ``a0``, ``a1``, …"""
    return _numbered(keys, "attributes")


def panel_reasons(keys: Iterable[str]) -> dict[str, str]:
    """Why a row is left out, with the SQL condition."""
    empty = " AND ".join(f"NOT {column}_given" for column in numbers(keys).values())
    return {"no series": f"{names.SERIES} IS NULL", "no date": "NOT time_given", "no value": empty}


def panel_checks(keys: Iterable[str], no_date: str, no_number: str) -> list[Check]:
    """What may be wrong with a cell, in the words of the source."""
    return [
        Check("bad-date", "time", "time_given AND time IS NULL", no_date),
        Check("far-date", "time", f"dropped IS NULL AND {FAR}", "a date before 1700 or after 2100"),
        *(
            Check("bad-number", key, f"{column}_given AND {column} IS NULL", no_number)
            for key, column in numbers(keys).items()
        ),
    ]


def panel_empty(keys: Iterable[str]) -> dict[str, str]:
    """The condition of an empty cell of each column that may not be empty throughout."""
    tests = {"series": f"{names.SERIES} IS NULL", "time": "NOT time_given"}
    return tests | {key: f"NOT {column}_given" for key, column in numbers(keys).items()}


def panel_contradictions(part: PanelPart) -> Iterator[Fault]:
    """Settings that contradict each other or cannot be."""
    try:
        Frequency(part.freq)
    except ConfigError as error:
        yield from error.faults
    yield from bad_names(part.attributes, "attributes", "bad-name")
    yield from bad_names(part.drivers, "drivers", "bad-name")
    both = {name.lower() for name in part.attributes} & {name.lower() for name in part.drivers}
    for name in sorted(both):
        yield Fault("bad-name", f"dataset.drivers.{name}", "an attribute has this name, too", "rename one")
    if len({part.series, part.time, part.value}) < 3:
        what = "series, time and value are not three different columns"
        yield Fault("same-column", "dataset", what, "map each to its own column")
    for name, column in part.drivers.items():
        if column == part.value:
            what = f"{column!r} is the column of values: a driver must not tell what is to be foretold"
            yield Fault("same-column", f"dataset.drivers.{name}", what, "map another column, or leave it out")


def _numbered(keys: Iterable[str], group: str) -> dict[str, str]:
    found = [key for key in keys if key.startswith(f"{group}.")]
    return {key: f"{group[0]}{i}" for i, key in enumerate(found)}
