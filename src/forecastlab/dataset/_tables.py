"""Tables beside the sales log, as a dataset's config names them: what customers did or got that is not a purchase."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.dataset._log import literal
from forecastlab.schema import DataError, Fault, Ledger, names

TableName = Literal["events", "leads", "campaigns", "feedback"]
MOST_KINDS = 50
"""More kinds than that are rather texts or ids: no profile could have a figure for each."""

NOTHING = "with nothing in them"
"""The reason that a row of empty cells is left out."""


@dataclass(frozen=True)
class FileTable:
    """A further table in a file of its own."""

    path: Annotated[str, Field(min_length=1, description="the file")]
    customer: Annotated[str, Field(min_length=1, description="column of customer ids")]
    time: Annotated[str, Field(min_length=1, description="column of the dates or times at which it was known")]
    kind: Annotated[str, Field(min_length=1, description="column that says what it was, such as visit or complaint")]
    value: Annotated[str | None, Field(description="column of a number that goes with it; null: none")]


@dataclass(frozen=True)
class QueryTable:
    """A further table as the answer to a query."""

    query: Annotated[str, Field(min_length=1, description="one SELECT")]
    customer: Annotated[str, Field(min_length=1, description="column of customer ids")]
    time: Annotated[str, Field(min_length=1, description="column of the dates or times at which it was known")]
    kind: Annotated[str, Field(min_length=1, description="column that says what it was, such as visit or complaint")]
    value: Annotated[str | None, Field(description="column of a number that goes with it; null: none")]


def columns_of(table: FileTable | QueryTable) -> dict[str, str]:
    """The columns that are wanted of the source, by the key that names them."""
    found = {"customer": table.customer, "time": table.time, "kind": table.kind}
    return found | ({"value": table.value} if table.value is not None else {})


def left_out(no_time: str) -> dict[str, str]:
    """Why a row of a further table is not kept, with the SQL condition; ``no_time`` is that of an empty cell."""
    return {"without a customer": f"{names.CUSTOMER} IS NULL", "without a time": no_time}


def check_kinds(con: Any, parsed: str, where: str) -> None:
    """Raise DataError if the kept rows of a table have more kinds than a profile can tell apart."""
    (count,) = con.execute(f"SELECT count(DISTINCT kind) FROM {parsed} WHERE dropped IS NULL").fetchone()
    if count > MOST_KINDS:
        what = f"there are {count} kinds, at most {MOST_KINDS} can be told apart"
        raise DataError(Fault("too-many-kinds", where, what, "map a column with fewer values, or group them first"))


def keep_tables(
    con: Any, parsed: Mapping[str, str], ledger: Ledger, folder: Path, target: Path
) -> tuple[Ledger, dict[str, tuple[str, ...]]]:
    """Write each table beside ``target``: the ledger with what was left out of them, and the kinds of each.

    ``parsed`` maps a table to the SQL that reads its checked rows. Their rows are no sales: the money is 0.
    """
    kinds: dict[str, tuple[str, ...]] = {}
    notes: dict[str, tuple[int, int]] = {}
    for name, rows in parsed.items():
        kept = (
            f"(SELECT * REPLACE (coalesce(kind, {literal(names.UNKNOWN)}) AS kind) FROM {rows} WHERE dropped IS NULL)"
        )
        file = folder / f"{name}.written.parquet"
        con.execute(
            f"COPY (SELECT {names.CUSTOMER}, {names.TIME}, kind, value FROM {kept} ORDER BY ALL) "
            f"TO {literal(str(file))} (FORMAT parquet)"
        )
        file.replace(target.with_name(f"{name}.parquet"))
        found = con.execute(f"SELECT DISTINCT kind FROM {kept} ORDER BY kind").fetchall()
        kinds[name] = tuple(kind for (kind,) in found)
        counts = con.execute(
            "SELECT coalesce(dropped, 'without a kind'), count(*) "
            f"FROM {rows} WHERE dropped IS NOT NULL OR kind IS NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
        notes |= {f"{name} {reason}": (int(count), 0) for reason, count in counts}
    return dataclasses.replace(ledger, noted={**ledger.noted, **notes}), kinds
