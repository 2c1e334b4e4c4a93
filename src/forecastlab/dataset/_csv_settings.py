"""Settings of a stranger's file that contradict each other, said before the file is opened."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from forecastlab.dataset._csv_cells import moment
from forecastlab.dataset._log import FLOW
from forecastlab.schema import ConfigError, Fault, names

if TYPE_CHECKING:
    from forecastlab.dataset.csv import Csv

_LOG = (names.CUSTOMER, names.TIME, names.AMOUNT, names.QUANTITY, names.BASKET)
_PANEL = (
    names.SERIES,
    names.DS,
    names.Y,
    names.YHAT,
    names.CUTOFF,
    names.STEP,
    names.LEVEL,
    names.SEGMENT,
    names.TOTAL,
)
_PARSED = (
    "row",
    "copy",
    "same",
    "blank",
    "joined",
    "rounded",
    "finer",
    "value",
    "dropped",
    "amount_plain",
    "quantity_plain",
)
_TEXTS = ("customer_text", "time_text", "amount_text", "quantity_text")
_TAKEN = {*_LOG, *_PANEL, *_PARSED, *_TEXTS, FLOW}


def check_settings(part: Csv) -> None:
    """Raise ConfigError with every contradiction among the settings."""
    faults = [*_dimensions(part), *_signs(part), *_days(part)]
    if faults:
        raise ConfigError(faults)


def check_date_format(con: Any, date_format: str) -> None:
    """Raise ConfigError if DuckDB does not know a part of the format."""
    import duckdb

    try:
        con.execute("SELECT " + moment("'x'", date_format)).fetchone()
    except duckdb.InvalidInputException as error:
        what = f"found {date_format!r}, which is no date format"
        raise ConfigError(Fault("bad-format", "dataset.date_format", what, "write it like '%d.%m.%Y'")) from error


def _dimensions(part: Csv) -> Iterator[Fault]:
    for name in part.dimensions:
        where = f"dataset.dimensions.{name}"
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name):
            yield Fault("bad-dimension", where, "a name has letters, digits and _, 40 at most", "rename it")
        elif name.lower() in _TAKEN or re.fullmatch(r"c\d+", name.lower()):
            yield Fault("bad-dimension", where, "this name is taken", "rename it")
    if len({name.lower() for name in part.dimensions}) < len(part.dimensions):
        yield Fault("bad-dimension", "dataset.dimensions", "two names differ in case only", "rename one")


def _signs(part: Csv) -> Iterator[Fault]:
    if len({part.customer, part.time, part.amount}) < 3:
        what = "customer, time and amount are not three different columns"
        yield Fault("same-column", "dataset", what, "map each to its own column")
    if part.thousands == part.decimal:
        what = f"found {part.thousands!r}, which is the decimal sign"
        yield Fault("same-sign", "dataset.thousands", what, "set thousands: null")
    if part.separator in '"\r\n\0 ':
        yield Fault("bad-separator", "dataset.separator", f"{part.separator!r} cannot separate cells", "use ; or ,")


def _days(part: Csv) -> Iterator[Fault]:
    whole = True
    for key, text in (("first_day", part.first_day), ("last_day", part.last_day)):
        try:
            datetime.date.fromisoformat(text or "2000-01-01")
        except ValueError:
            whole = False
            yield Fault("bad-date", f"dataset.{key}", f"found {text!r}, which is no day", "write it like '2024-12-31'")
    if whole and part.first_day and part.last_day and part.first_day > part.last_day:
        what = f"first_day {part.first_day} is after last_day {part.last_day}"
        yield Fault("bad-date", "dataset.first_day", what, "exchange them")
