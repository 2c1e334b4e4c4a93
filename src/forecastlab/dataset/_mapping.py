"""How a source's columns are mapped to the log: settings that all mapped sources share, and what they mean."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from forecastlab.dataset._log import FLOW, Shape, days
from forecastlab.schema import Facts, Fault, Ledger, names

if TYPE_CHECKING:
    from forecastlab.dataset.csv import Csv
    from forecastlab.dataset.parquet import Parquet
    from forecastlab.dataset.sql import Sql

    Mapped: TypeAlias = Csv | Parquet | Sql

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
    "finite",
    "given",
    "paid",
    "value_bad",
    "dropped",
    "amount_plain",
    "quantity_plain",
    "quantity_bad",
)
_TEXTS = ("customer_text", "time_text", "amount_text", "quantity_text")
_TAKEN = {*_LOG, *_PANEL, *_PARSED, *_TEXTS, FLOW}


def wanted(part: Mapped) -> dict[str, str]:
    """The columns that are wanted of the source, by the key that names them."""
    single = {"customer": part.customer, "time": part.time, "amount": part.amount}
    optional = {"quantity": part.quantity, "basket": part.basket}
    single |= {key: name for key, name in optional.items() if name is not None}
    return single | {f"dimensions.{name}": column for name, column in part.dimensions.items()}


def shape_of(part: Mapped) -> Shape:
    """What the log will have beside customer, time and amount."""
    return Shape(tuple(part.dimensions), part.quantity is not None, part.basket is not None, part.returns)


def reasons(part: Mapped, no_time: str, no_amount: str) -> dict[str, str]:
    """Why a row is left out, with the SQL condition: ``no_time`` and ``no_amount`` are those of an empty cell."""
    found = {"no date": no_time, "no amount": no_amount}
    found |= {"before first_day": f"time < TIMESTAMP '{part.first_day}'"} if part.first_day else {}
    found |= after(part)
    return found | ({"duplicate": "copy > 1"} if part.duplicates == "drop" else {})


def after(part: Mapped) -> dict[str, str]:
    """The reason that a row lies after the last day, if there is one."""
    return {"after last_day": f"time >= TIMESTAMP '{part.last_day}' + INTERVAL 1 DAY"} if part.last_day else {}


def facts_of(part: Mapped, con: Any, ledger: Ledger, tables: Mapping[str, tuple[str, ...]]) -> Facts:
    """What is known of the log that was just written by ``con``."""
    shape = shape_of(part)
    first, last = days(con)
    return Facts(
        kind="log",
        first_day=part.first_day or first,
        last_day=part.last_day or last,
        dimensions=shape.cuts,
        firsts_are_true=part.firsts_are_true,
        ledger=ledger,
        unit=part.unit,
        has_quantity=shape.has_quantity,
        has_basket=shape.has_basket,
        tables=dict(tables),
    )


def contradictions(part: Mapped) -> Iterator[Fault]:
    """Settings that contradict each other or cannot be."""
    yield from bad_names(part.dimensions, "dimensions", "bad-dimension")
    if len({part.customer, part.time, part.amount}) < 3:
        what = "customer, time and amount are not three different columns"
        yield Fault("same-column", "dataset", what, "map each to its own column")
    yield from _days(part)


def bad_names(found: Collection[str], group: str, code: str) -> Iterator[Fault]:
    """Names of ours for columns that cannot be: the keys of ``dataset.<group>``."""
    for name in found:
        where = f"dataset.{group}.{name}"
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name):
            yield Fault(code, where, "a name has letters, digits and _, 40 at most", "rename it")
        elif name.lower() in _TAKEN or re.fullmatch(r"c\d+", name.lower()):
            yield Fault(code, where, "this name is taken", "rename it")
    if len({name.lower() for name in found}) < len(found):
        yield Fault(code, f"dataset.{group}", "two names differ in case only", "rename one")


def _days(part: Mapped) -> Iterator[Fault]:
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
