"""A query's answer as typed rows: written to a Parquet file of texts, with the type that each column's values have."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from forecastlab.dataset._log import literal
from forecastlab.dataset._sql_read import Database
from forecastlab.dataset._typed_columns import Typed

_TYPES = {
    frozenset[str](): '"NULL"',
    frozenset({"integer"}): "HUGEINT",
    frozenset({"text"}): "VARCHAR",
    frozenset({"boolean"}): "BOOLEAN",
    frozenset({"date"}): "DATE",
    frozenset({"timestamp"}): "TIMESTAMP",
    frozenset({"date", "timestamp"}): "TIMESTAMP",
    frozenset({"zoned"}): "TIMESTAMP WITH TIME ZONE",
}
_NUMBERS = {"integer", "decimal", "double"}


@dataclass
class _Column:
    """What was seen of a column so far: kinds of values, and the digits before and behind the point."""

    kinds: set[str] = field(default_factory=set)
    whole: int = 0
    places: int = 0

    def text(self, value: Any) -> str | None:
        """The value as a text from which DuckDB makes the same value again."""
        if value is None:
            return None
        kind, text = _encoded(value)
        self.kinds.add(kind)
        if kind in ("integer", "decimal"):
            whole, _, places = text.lstrip("-").partition(".")
            self.whole, self.places = max(self.whole, len(whole)), max(self.places, len(places))
        return text

    @property
    def type(self) -> str:
        """The DuckDB type that holds all values, or MIXED."""
        kinds = frozenset(self.kinds)
        if "decimal" in kinds and kinds <= {"integer", "decimal"} and self.whole <= 30:
            return f"DECIMAL(38,{min(self.places, 38 - self.whole)})"
        if kinds & {"decimal", "double"} and kinds <= _NUMBERS:
            return "DOUBLE"
        return _TYPES.get(kinds, "MIXED" if len(kinds) > 1 or "other" not in kinds else "BLOB")


def spool(database: Database, query: str, where: str, target: Path) -> Typed:
    """Write the answer to ``target``, batch by batch, and tell its columns. Raises what the database refuses."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with database.answer(query, where) as (names, batches):
        columns = [_Column() for _ in names]
        schema = pa.schema([(f"c{i}", pa.string()) for i in range(len(names))])
        with pq.ParquetWriter(target, schema) as writer:
            for batch in batches:
                cells = zip(columns, zip(*batch, strict=True), strict=True)
                arrays = [pa.array(map(column.text, values), pa.string()) for column, values in cells]
                writer.write_table(pa.table(arrays, schema))
    types = [column.type for column in columns]
    casts = ", ".join(f"CAST(c{i} AS {_storage(kind)}) AS c{i}" for i, kind in enumerate(types))
    rows = f"(SELECT {casts} FROM read_parquet({literal(str(target))}))"
    sqlite = database.address.dialect == "sqlite"
    return Typed(where, rows, tuple(zip(names, types, strict=True)), (), text_times=sqlite)


def answer_hash(database: Database, queries: Iterable[tuple[str, str]]) -> str:
    """A hash of the answers to the queries (each with the words for it), whatever the order of their rows."""
    digest = hashlib.sha256()
    for query, where in queries:
        total, count = 0, 0
        with database.answer(query, where) as (names, batches):
            for batch in batches:
                total += sum(map(_row_hash, batch))
                count += len(batch)
        digest.update(repr((names, count, total % 2**256)).encode())
    return digest.hexdigest()


def _row_hash(row: Sequence[Any]) -> int:
    cells = [None if value is None else _encoded(value) for value in row]
    return int.from_bytes(hashlib.sha256(repr(cells).encode()).digest(), "big")


def _encoded(value: Any) -> tuple[str, str]:
    """The kind of a value, and its text."""
    match value:
        case bool():
            return "boolean", str(value).lower()
        case int():
            return "integer", str(value)
        case Decimal() if value.is_finite():
            return "decimal", format(value, "f")
        case float() | Decimal():
            return "double", repr(float(value))
        case str() | UUID():
            return "text", str(value)
        case datetime.datetime():
            return ("timestamp" if value.tzinfo is None else "zoned"), value.isoformat(sep=" ")
        case datetime.date():
            return "date", value.isoformat()
        case bytes() | memoryview():
            return "other", bytes(value).hex()
    return "other", repr(value)


def _storage(kind: str) -> str:
    return "VARCHAR" if kind in ("MIXED", "BLOB", '"NULL"') else kind
