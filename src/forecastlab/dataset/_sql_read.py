"""A database, read in one read-only transaction, and a query's answer in batches."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from forecastlab.dataset._csv_bytes import unreadable
from forecastlab.dataset._sql_address import Address
from forecastlab.dataset._sql_faults import refusal
from forecastlab.schema import EnvironmentFault, Fault

BATCH = 20_000
"""So many rows are in memory at once."""
_STEPS = 50_000
"""SQLite looks at the clock after so many steps of its machine, some milliseconds apart."""

Rows = Iterator[Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class Database:
    """An open database: asks one query after the other and sees the same state of the data in all of them."""

    address: Address
    connection: Any
    deadline: Callable[[], None]

    @contextmanager
    def answer(self, query: str, where: str) -> Iterator[tuple[list[str], Rows]]:
        """The names of the columns, and the rows in batches. Raises what ``refusal`` makes of the database's words."""
        with _told(self.address, where):
            result = self.connection.exec_driver_sql(query)
            try:
                yield list(result.keys()), self._batches(result)
            finally:
                result.close()

    def _batches(self, result: Any) -> Rows:
        for batch in result.partitions(BATCH):
            self.deadline()
            yield batch


@contextmanager
def database(address: Address, timeout: float) -> Iterator[Database]:
    """Open a database for reading only. ``timeout`` is for all of its answers together, in seconds.

    SQLite is opened as a read-only file, PostgreSQL, MySQL, MariaDB and Oracle in a read-only transaction; for SQL
    Server the check of the statement and the rights of the user are all there is. Raises DataError or
    EnvironmentFault where that fails.
    """
    import sqlalchemy

    end = time.monotonic() + timeout

    def deadline() -> None:
        if time.monotonic() > end:
            what = f"the answers took longer than {timeout:g} seconds"
            raise EnvironmentFault(Fault("query-timeout", "dataset.query", what, "raise dataset.timeout"))

    engine = _engine(address, timeout, lambda: time.monotonic() > end)
    try:
        with _told(address, "dataset.connection", connected=False):
            connection = engine.connect()
        try:
            with _told(address, "dataset.connection"):
                for line in _settings(address.dialect, timeout):
                    connection.exec_driver_sql(line)
            streamed = {"stream_results": True, "max_row_buffer": BATCH, "no_parameters": True}
            yield Database(address, connection.execution_options(**streamed), deadline)
        finally:
            with suppress(sqlalchemy.exc.SQLAlchemyError):
                connection.close()  # rolls back
    finally:
        engine.dispose()


def _engine(address: Address, timeout: float, late: Callable[[], bool]) -> Any:
    import sqlalchemy

    pool = sqlalchemy.pool.NullPool
    if address.file is None:
        wait = {"connect_timeout": max(2, round(min(timeout, 30)))} if address.dialect == "postgresql" else {}
        return sqlalchemy.create_engine(address.url, poolclass=pool, connect_args=wait, hide_parameters=True)
    try:
        address.file.open("rb").close()
    except OSError as error:
        raise unreadable(address.file, error) from error
    where = f"file:{quote(str(address.file.absolute()))}?mode=ro"

    def connect() -> sqlite3.Connection:
        con = sqlite3.connect(where, uri=True, timeout=min(timeout, 10))
        con.execute("PRAGMA query_only = ON")
        con.set_progress_handler(late, _STEPS)
        return con

    return sqlalchemy.create_engine("sqlite://", creator=connect, poolclass=pool, hide_parameters=True)


def _settings(dialect: str, timeout: float) -> list[str]:
    """What is said to the database before the first query, in the transaction that all queries share."""
    if dialect == "postgresql":
        isolation = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
        return [isolation, f"SET LOCAL statement_timeout = {max(1, round(timeout * 1000))}"]
    if dialect in ("mysql", "mariadb"):
        return ["START TRANSACTION READ ONLY"]
    return ["SET TRANSACTION READ ONLY"] if dialect == "oracle" else []


@contextmanager
def _told(address: Address, where: str, connected: bool = True) -> Iterator[None]:
    """Errors of the database as faults. The original is cut off: its text may hold the address."""
    import sqlalchemy

    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error) as error:
        raise refusal(error, address, connected, where) from None
