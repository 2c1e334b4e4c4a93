"""Where a search is kept: a journal or an sqlite file beside the study, or a PostgreSQL database."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecastlab.schema import ConfigError, Fault

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from sqlalchemy import URL

OWN = ("journal", "sqlite")
"""Storages that are files beside the study."""

_FORM = "postgresql://USER:PASSWORD@HOST/DATABASE"


class _Leased:
    """The lock of a journal whose only writer holds the lease.

    Optuna's own locks are files that outlive a killed process; who comes next waits half a minute for each of them.
    """

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        return None


@contextlib.contextmanager
def journal(folder: Path) -> Iterator[BaseStorage]:
    """The journal of a search, of which only who holds the lease may be the writer."""
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    path = folder / "trials.journal"
    _mend(path)
    lock: Any = _Leased()
    yield JournalStorage(JournalFileBackend(str(path), lock))


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[BaseStorage]:
    """The sqlite file of a search."""
    with _tables(f"sqlite:///{folder / 'trials.db'}", {}) as storage:
        yield storage


@contextlib.contextmanager
def database(url: URL) -> Iterator[BaseStorage]:
    """The tables of searches in a database, made if they are not there."""
    own = {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}
    with _tables(url.render_as_string(hide_password=False), own) as storage:
        yield storage


def url_of(storage: str) -> URL:
    """The address that a variable of the environment holds. Raises ConfigError; the address is never shown."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    where = "tuning.storage"
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", storage):  # it may be the URL itself, with its password
        what = "found neither journal nor sqlite nor the name of a variable of the environment"
        raise ConfigError(Fault("no-storage", where, what, "put the URL into a variable and give the variable's name"))
    text = os.environ.get(storage)
    if not text:
        what = f"found {storage}, which is neither journal nor sqlite nor a variable that is set"
        raise ConfigError(Fault("no-storage", where, what, f"type export {storage}={_FORM}"))
    try:
        url = make_url(text)
    except (SQLAlchemyError, ValueError):
        what = f"the variable {storage} does not hold a URL of a database"
        raise ConfigError(Fault("no-storage", where, what, f"write it like {_FORM}")) from None
    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        what = f"the variable {storage} names a database of the kind {url.drivername}, allowed is postgresql"
        raise ConfigError(Fault("no-storage", where, what, f"write it like {_FORM}"))
    return url.set(drivername="postgresql+psycopg")


@contextlib.contextmanager
def _tables(url: str, own: dict[str, Any]) -> Iterator[BaseStorage]:
    from optuna.storages import RDBStorage

    storage = RDBStorage(url, engine_kwargs=own)
    try:
        yield storage
    finally:
        storage.scoped_session.remove()
        storage.engine.dispose()


def _mend(path: Path) -> None:
    """Cut off the half line of a process that was killed while it wrote, or the next line would be spoilt, too."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        text = file.read()
        whole = text.rfind(b"\n") + 1
        if whole < len(text):
            file.truncate(whole)
            file.flush()
            os.fsync(file.fileno())
