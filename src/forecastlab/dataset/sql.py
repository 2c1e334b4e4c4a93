"""Your own sales in a database: one SELECT, described in YAML; the address stays in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._log import Returns, locked
from forecastlab.dataset._season import Season
from forecastlab.dataset._sql_address import address_of
from forecastlab.dataset._sql_read import Database, database
from forecastlab.dataset._sql_rows import answer_hash, spool
from forecastlab.dataset._sql_statement import check_statements
from forecastlab.dataset._tables import QueryTable, TableName
from forecastlab.dataset._typed_rows import check_settings, load_typed
from forecastlab.schema import Facts

_DAY = r"^\d{4}-\d{2}-\d{2}$"


@dataclass(frozen=True)
class Sql:
    """Your own sales log: the answer of a database to one SELECT, with one row per purchase line, mapped in YAML.

    The address of the database, with its password, is in an environment variable; the config only names the variable.
    The query is refused unless it is one SELECT, and is run in a transaction that cannot write. Types are those of the
    database: ids are text or integers, times dates or timestamps, amounts numbers. SQLite has no type for dates, so
    there they are texts like ``2024-12-31 18:30:00``. Each run reads the answer once to see whether it has changed,
    and once more to load it if it has.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Season
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    connection: Annotated[str | None, Field(description="NAME of the environment variable that holds the URL")]
    path: Annotated[str | None, Field(min_length=1, description="an SQLite file instead of a connection")]
    query: Annotated[str, Field(min_length=1, description="one SELECT")]
    timeout: Annotated[float, Field(gt=0, description="seconds for all answers together")]
    customer: Annotated[str, Field(min_length=1, description="column of customer ids")]
    time: Annotated[str, Field(min_length=1, description="column of dates or times")]
    amount: Annotated[str, Field(min_length=1, description="column of amounts")]
    quantity: Annotated[str | None, Field(description="column of quantities; null: none")]
    basket: Annotated[str | None, Field(description="column of receipt or order ids; null: none")]
    dimensions: Annotated[dict[str, str], Field(description="columns to cut sales by: our name → column")]
    time_zone: Annotated[str | None, Field(description="where days are counted, for times with a zone; null: none has")]
    unit: Annotated[str, Field(description="currency, for reports")]
    anonymous_values: Annotated[tuple[str, ...], Field(description="ids that mean nobody, beside empty ones")]
    first_day: Annotated[str | None, Field(pattern=_DAY, description="rows before are left out; null: none")]
    last_day: Annotated[str | None, Field(pattern=_DAY, description="rows after are left out; null: none")]
    finer_than_cents: Annotated[Literal["refuse", "round"], Field(description="amounts with parts of a cent")]
    returns: Annotated[Returns, Field(description="what becomes of returned goods")]
    duplicates: Annotated[Literal["keep", "drop", "refuse"], Field(description="rows that repeat another exactly")]
    firsts_are_true: Annotated[bool, Field(description="whether a customer's first row is a first purchase")]
    tables: Annotated[
        dict[TableName, QueryTable], Field(description="further tables: events, leads, campaigns, feedback")
    ]

    def fingerprint(self) -> str:
        """A hash of the rows that the queries answer, whatever their order: they are all read for it.

        Raises the same errors as ``load`` for the address, the statements and the database.
        """
        with self._open() as source:
            return answer_hash(source, [(query, where) for where, query in self._queries.items()])

    def load(self, target: Path) -> Facts:
        """Write the sales log to ``target``, and each further table beside it.

        Raises ConfigError for settings that contradict each other, a variable that is not set, and a query that is not
        one SELECT; DataError with one fault per kind of unknown table, column, type or cell; EnvironmentFault where
        the database cannot be reached, refuses the password or is too slow, a driver is missing or the disk is full.
        """
        with self._open() as source, locked([], target) as (con, folder):
            spooled = {
                where: partial(spool, source, query, where, folder / f"answer{i}.parquet")
                for i, (where, query) in enumerate(self._queries.items())
            }
            log, *others = spooled.values()
            return load_typed(con, self, log, dict(zip(self.tables, others, strict=True)), folder, target)

    @property
    def _queries(self) -> dict[str, str]:
        """Every query by the words for it, the log's first."""
        others = {f"dataset.tables.{name}.query": table.query for name, table in self.tables.items()}
        return {"dataset.query": self.query, **others}

    @contextmanager
    def _open(self) -> Iterator[Database]:
        check_settings(self)
        address = address_of(self.connection, self.path)
        check_statements(self._queries, address.dialect)
        with database(address, self.timeout) as source:
            yield source


PART = Sql
