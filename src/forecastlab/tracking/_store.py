"""The store: one client, made once, that says at once when there is no use in trying."""

from __future__ import annotations

import logging
import os
import sqlite3
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.tracking._lock import held
from forecastlab.tracking._place import Place, without_password

if TYPE_CHECKING:
    from mlflow import MlflowClient

T = TypeVar("T")
PATIENCE = 120
"""Seconds to wait for another process of ours that is writing the same sqlite store."""


class UnreachableError(Exception):
    """The store cannot be used now."""


class RefusedError(Exception):
    """The store can be used but does not take this."""


class Store:
    """A store, and whether it answers. After the first failure nothing is tried again."""

    def __init__(self, place: Place, timeout: int) -> None:
        try:
            place.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                Fault("no-root", "tracking.root", f"cannot be made: {error.strerror}", "set tracking.root")
            ) from error
        self.place = place
        self.down = ""
        self._timeout = timeout
        self._client: MlflowClient | None = None

    def call(self, step: Callable[[MlflowClient], T]) -> T:
        """Do one step with the client. Raises UnreachableError, RefusedError; EnvironmentFault for a broken store."""
        if self.down:
            raise UnreachableError(self.down)
        try:
            if self.place.database is None:
                return step(self._connected())
            with held(self.place.lock, PATIENCE, create=True):  # sqlite gives up where two writers meet
                return step(self._connected())
        except EnvironmentFault:
            raise
        except Exception as error:
            raise self._judged(error) from None

    def _judged(self, error: Exception) -> Exception:
        from mlflow.exceptions import MlflowException

        reason = without_password(" ".join(str(error).split()))[:300] or type(error).__name__
        if isinstance(error, MlflowException):
            if "out-of-date database schema" in reason and not self.place.served:
                fix = "run `mlflow db upgrade` on it while nothing writes to it"
                return EnvironmentFault(Fault("old-store", "tracking.uri", "the store is of another version", fix))
            code = int(error.get_http_status_code())  # type: ignore[no-untyped-call]
            refused = 400 <= code < 500 and code not in {401, 403, 408, 429}
        else:
            refused = not isinstance(error, OSError)
        if refused:
            return RefusedError(reason)
        self.down = reason
        logging.getLogger(__name__).warning(
            "%s cannot be reached, runs wait in %s for `forecastlab sync`: %s",
            without_password(self.place.url),
            self.place.spool,
            reason,
        )
        return UnreachableError(reason)

    def _connected(self) -> MlflowClient:
        if self._client is None:
            if self.place.database is not None:
                _prepare(self.place.database)
            self._client = _client(self.place.url, self._timeout)
        return self._client


def _client(url: str, timeout: int) -> MlflowClient:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(timeout)
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"  # a repeated "create" makes two runs; our own retry is `sync`
    os.environ["MLFLOW_TRUNCATE_LONG_VALUES"] = "false"
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of its own libraries, which no user can mend
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=url, registry_uri=url)


def _prepare(database: Path) -> None:
    """Make an sqlite store under another name and rename it, so that it is whole or absent; check one that is there."""
    part = database.with_name(f".{database.name}.part")
    if not database.exists():
        database.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)  # left by a process that died; we hold the lock
        _client(f"sqlite:///{part}", 1)
        part.replace(database)
        return
    try:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("select count(*) from sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise EnvironmentFault(
            Fault("broken-store", str(database), f"cannot be read as an sqlite store ({error})", "restore or move it")
        ) from error
