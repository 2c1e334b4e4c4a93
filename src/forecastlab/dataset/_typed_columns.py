"""Typed columns: which types a role may have, and how their cells become values without a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forecastlab.dataset._csv_cells import LARGEST, among, clean
from forecastlab.dataset._csv_header import column_faults
from forecastlab.dataset._log import quoted
from forecastlab.dataset._panel_mapping import attributes, numbers
from forecastlab.schema import Fault, names

_INTEGER = r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)"
_IDS = ("text", "integer")
_NUMBERS = ("integer", "decimal", "double")
_ALLOWED: dict[str, tuple[str, ...]] = {
    "customer": _IDS,
    "basket": _IDS,
    "kind": (*_IDS, "boolean", "date"),
    "dimensions": (*_IDS, "boolean", "date"),
    "time": ("date", "timestamp", "timestamp with time zone"),
    "amount": _NUMBERS,
    "quantity": (*_NUMBERS, "float"),
    "value": (*_NUMBERS, "float"),
    "series": _IDS,
    "attributes": (*_IDS, "boolean", "date"),
    "drivers": (*_NUMBERS, "float", "boolean"),
}
_FIXES = {
    "text": "cast it in the source, such as CAST({name} AS {wanted})",
    "double": "as a float, 7 becomes 7.0 and long ids lose digits: cast it to text or integer in the source",
    "float": "32 bits hold seven digits, too few for money: write it as DECIMAL(18, 2) in the source",
    "mixed": "its values are of several types: cast it in the query",
}
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
_OFFSET = "(Z|[+-][0-9]{2}:?[0-9]{2})"


@dataclass(frozen=True)
class Typed:
    """A source with typed columns: the words for it, the SQL that reads all its columns as c0, c1, …, and their types.

    ``parts`` holds its files, if there are several, with the number of rows of each. ``text_times`` is true for a
    database that has no type for dates and keeps them as text (SQLite).
    """

    where: str
    rows: str
    columns: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, int], ...]
    text_times: bool

    @property
    def header(self) -> list[str]:
        """The names of the columns as they stand in the source."""
        return [name for name, _ in self.columns]

    def place(self, row: int) -> str:
        """The words for a row, from its number in the whole source (from 1)."""
        for name, count in self.parts:
            if row <= count:
                return f"row {row} of {name}"
            row -= count
        return f"row {row}"


def family(kind: str) -> str:
    """What a DuckDB type is, in the words of faults; the type itself where no role may have it."""
    if re.fullmatch(_INTEGER, kind) or re.fullmatch(r"DECIMAL\(\d+,0\)", kind):
        return "integer"
    if kind.startswith("DECIMAL("):
        return "decimal"
    if kind.startswith("TIMESTAMP"):
        return "timestamp with time zone" if kind.endswith("WITH TIME ZONE") or "TZ" in kind else "timestamp"
    plain = {"VARCHAR": "text", "UUID": "text", "DOUBLE": "double", "FLOAT": "float", "DATE": "date"}
    plain |= {"BOOLEAN": "boolean", '"NULL"': "nothing", "MIXED": "mixed"}
    return "text" if kind.startswith("ENUM(") else plain.get(kind, kind)


def column_types(source: Typed, wanted: Mapping[str, str], zone: str | None, place: str) -> list[Fault]:
    """One fault for each wanted column that is not there once, or whose type its role cannot have."""
    faults = []
    for key, name in wanted.items():
        missing = column_faults(source.header, f"{place}{key}", name, source.where)
        faults += missing or _type_faults(source, key, name, zone)
    return faults


def _type_faults(source: Typed, key: str, name: str, zone: str | None) -> list[Fault]:
    role = key.partition(".")[0]
    kind = dict(source.columns)[name]
    what, where = family(kind), f"{source.where}, column {name!r}"
    if what == "nothing" or (role == "time" and what == "text" and source.text_times):
        return []
    if what not in _ALLOWED[role]:
        shown = "of mixed types" if what == "mixed" else kind
        example = {"time": "TIMESTAMP", "quantity": "DOUBLE", "value": "DOUBLE", "drivers": "DOUBLE"}.get(
            role, "DECIMAL(18, 2)"
        )
        fix = _FIXES.get(what, "cast it in the source").format(name=name, wanted=example)
        allowed = f"{', '.join(_ALLOWED[role][:-1])} or {_ALLOWED[role][-1]}"
        return [Fault("wrong-type", where, f"it is {shown}, {role} has to be {allowed}", fix)]
    if (
        role == "time"
        and (what == "timestamp with time zone") != (zone is not None)
        and (zone is None or what != "date")
    ):
        if zone is None:
            fix = "set time_zone to the zone in which days are counted, such as Europe/Berlin"
            return [Fault("time-zone", where, "its times carry a zone", fix)]
        return [Fault("time-zone", where, f"its times carry no zone, and time_zone is {zone}", "set time_zone: null")]
    return []


def layers(source: Typed, wanted: Mapping[str, str], zone: str | None, nobody: Sequence[str]) -> list[list[str]]:
    """The SQL columns of the mapped cells in layers, each computed from the one before: texts, values, cents."""
    at = {key: (f"c{source.header.index(name)}", dict(source.columns)[name]) for key, name in wanted.items()}
    cell, kind = at["time"]
    first = [f"{_text(*at['customer'])} AS customer_text", f"{_moment(cell, kind, zone)} AS {names.TIME}"]
    first.append(f"{cell} IS NOT NULL AS given")
    for key, (column, of) in at.items():
        if key.startswith("dimensions."):
            first.append(f"nullif({_text(column, of)}, '') AS {quoted(key.removeprefix('dimensions.'))}")
        elif key == "kind":
            first.append(f"nullif({_text(column, of)}, '') AS kind")
        elif key == "basket":
            first.append(f"nullif({_text(column, of)}, '') AS {names.BASKET}")
        elif key in ("quantity", "value"):
            first.append(f"CASE WHEN isfinite(CAST({column} AS DOUBLE)) THEN CAST({column} AS DOUBLE) END AS {key}")
            first.append(f"coalesce(NOT isfinite(CAST({column} AS DOUBLE)), false) AS {key}_bad")
    second = [f"CASE WHEN NOT {among('customer_text', ['', *nobody])} THEN customer_text END AS {names.CUSTOMER}"]
    if "amount" not in at:
        return [first if "value" in at else [*first, "CAST(NULL AS DOUBLE) AS value"], second]
    first += _money(*at["amount"])
    if family(at["amount"][1]) == "double":
        cents = [f"CASE WHEN abs(value) < {LARGEST} THEN round(value * 100) END AS rounded"]
        # The second test: a double of many digits is whole cents if it is the one nearest to them.
        finer = "abs(value * 100 - rounded) > 1e-6 AND value <> rounded / 100 AS finer"
        return [first, [*second, *cents], ["CAST(rounded AS BIGINT) AS amount", finer]]
    # A cast to fewer decimals rounds half away from zero, as tills do.
    cents = [f"CASE WHEN abs(value) < {LARGEST} THEN CAST(value AS DECIMAL(18, 2)) END AS rounded"]
    return [first, [*second, *cents], ["CAST(rounded * 100 AS BIGINT) AS amount", "value <> rounded AS finer"]]


def panel_layers(source: Typed, wanted: Mapping[str, str], zone: str | None) -> list[list[str]]:
    """The same for a ready-made panel: see ``PanelRows`` for its columns."""
    at = {key: (f"c{source.header.index(name)}", dict(source.columns)[name]) for key, name in wanted.items()}
    cell, kind = at["time"]
    found = [f"nullif({_text(*at['series'])}, '') AS {names.SERIES}", f"{_moment(cell, kind, zone)} AS {names.TIME}"]
    found.append(f"{cell} IS NOT NULL AS time_given")
    found += [f"nullif({_text(*at[key])}, '') AS {column}" for key, column in attributes(at).items()]
    for key, column in numbers(at).items():
        value = f"CAST({at[key][0]} AS DOUBLE)"
        found.append(f"CASE WHEN isfinite({value}) THEN {value} END AS {column}")
        found.append(f"{value} IS NOT NULL AS {column}_given")
    return [found]


def _money(column: str, kind: str) -> list[str]:
    """``paid``: whether there is an amount; ``finite``; ``value``: NULL where it is not finite or too large."""
    paid = f"{column} IS NOT NULL AS paid"
    if family(kind) == "double":
        finite = f"coalesce(isfinite({column}), true)"
        return [paid, f"{finite} AS finite", f"CASE WHEN {finite} THEN {column} END AS value"]
    return [paid, "true AS finite", f"TRY_CAST({column} AS DECIMAL(38, 20)) AS value"]


def _text(column: str, kind: str) -> str:
    """The cell as text without surrounding blanks; a missing cell is the empty text."""
    if family(kind) == "text":
        return clean(f"CAST({column} AS VARCHAR)")
    return f"coalesce(CAST({column} AS VARCHAR), '')"


def _moment(column: str, kind: str, zone: str | None) -> str:
    """The time of a cell on the clock of ``zone``, or as it is written; NULL for a text that is no ISO time."""
    what = family(kind)
    if what == "text":
        form = f"{_DAY}{_CLOCK}{_OFFSET}" if zone else f"{_DAY}({_CLOCK})?"
        read = f"TRY_CAST({column} AS {'TIMESTAMPTZ' if zone else 'TIMESTAMP'})"
        read = f"{read} AT TIME ZONE '{zone}'" if zone else read
        return f"CASE WHEN regexp_full_match({column}, '{form}') THEN {read} END"
    if what == "timestamp with time zone":
        return f"CAST({column} AS TIMESTAMPTZ) AT TIME ZONE '{zone}'"
    return f"CAST({column} AS TIMESTAMP)"
