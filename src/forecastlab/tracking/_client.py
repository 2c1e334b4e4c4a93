"""The MLflow client, made for one store; an sqlite store is made first where there is none."""

from __future__ import annotations

import os
import sqlite3
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.tracking._lock import held
from forecastlab.tracking._place import Place

if TYPE_CHECKING:
    from mlflow import MlflowClient

PATIENCE = 120
"""Seconds to wait for another process of ours that makes the same sqlite store: it needs two, on a busy machine ten."""


def connect(place: Place, timeout: int) -> MlflowClient:
    """The client of this store. Raises EnvironmentFault for an sqlite file that cannot be read, and what MLflow raises.

    Many processes may come at once to a store that does not exist: MLflow left alone breaks it for good.
    """
    _settings(timeout)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of its own libraries, which no user can mend
        from mlflow import MlflowClient

        if place.database is not None:
            import mlflow.store.tracking.sqlalchemy_store  # noqa: F401  (takes a second: not while the lock is held)

            if place.database.exists():
                _check(place.database)
            else:
                place.database.parent.mkdir(parents=True, exist_ok=True)
                with held(place.lock, PATIENCE, create=True):
                    if not place.database.exists():
                        _make(place.database)
        return MlflowClient(tracking_uri=place.url, registry_uri=place.url)


def _settings(timeout: int) -> None:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(timeout)
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"  # a repeated "create" makes two runs; our own retry is `sync`
    os.environ["MLFLOW_TRUNCATE_LONG_VALUES"] = "false"
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")


def _make(database: Path) -> None:
    """Make the store under another name and rename it, so that it is whole or absent."""
    from mlflow import MlflowClient

    part = database.with_name(f".{database.name}.part")
    for stray in database.parent.glob(f"{part.name}*"):
        stray.unlink()  # left by a process that died (we hold the lock); its journal would spoil ours
    MlflowClient(tracking_uri=f"sqlite:///{part}", registry_uri=f"sqlite:///{part}")
    part.replace(database)


def _check(database: Path) -> None:
    """Ask sqlite itself whether this is a store: the library would ask for minutes."""
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
