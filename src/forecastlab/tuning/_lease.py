"""Who coordinates a search: one process at a time. Others wait, and a dead one leaves nothing to wait for."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.schema import EnvironmentFault, Fault

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_LOG = logging.getLogger(__name__)
_WAITS = "another process works at this search; this one waits until it ends"

PAUSE = 0.5
"""Seconds between two looks whether a database lease is free."""


@contextlib.contextmanager
def of_folder(folder: Path) -> Iterator[None]:
    """Hold the lease of a search in a folder. The system takes it back when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lease").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _LOG.warning(_WAITS)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class DatabaseLease:
    """The lease of a search in a PostgreSQL database: it lasts as long as this connection, on whatever machine."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def check(self) -> None:
        """Raise EnvironmentFault if the connection was lost, for then another process may have the lease."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            self._connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            what = f"the connection that holds the lease of search {self._name} was lost"
            fix = "type the same command again: it goes on where it stopped"
            raise EnvironmentFault(Fault("no-storage", "tuning.storage", what, fix)) from None

    def settle(self) -> None:
        """Wait for what a process that was killed a moment ago had sent but not yet been told of.

        Optuna locks the row of the study while it adds a trial: who gets that row sees the trial, or its absence.
        """
        from sqlalchemy import text

        self._connection.execute(text("SELECT 1 FROM studies WHERE study_name = :n FOR UPDATE"), {"n": self._name})


@contextlib.contextmanager
def of_database(url: URL, name: str) -> Iterator[DatabaseLease]:
    """Hold the lease of a search in a database, by an advisory lock. Raises SQLAlchemyError where it cannot be asked.

    The server lets go of it when the process ends, and within a minute when its machine is gone.
    """
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    number = int.from_bytes(hashlib.sha256(f"forecastlab/{name}".encode()).digest()[:8], "big", signed=True)
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 10})
    with engine.connect() as connection:
        for setting, seconds in {"idle": 30, "interval": 10, "count": 3}.items():
            connection.exec_driver_sql(f"SET tcp_keepalives_{setting} = {seconds}")
        told = False
        while not connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}):
            if not told:
                _LOG.warning(_WAITS)
                told = True
            time.sleep(PAUSE)
        yield DatabaseLease(connection, name)
