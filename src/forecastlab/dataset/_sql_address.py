"""Where a database is, read from the environment, and what of that must never be shown."""

from __future__ import annotations

import importlib.util
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from forecastlab.schema import ConfigError, EnvironmentFault, Fault, nearest

_DRIVERS = {
    "sqlite": ("pysqlite", "sqlite3", ""),
    "postgresql": ("psycopg", "psycopg", "'forecastlab[sql]'"),
    "mysql": ("pymysql", "pymysql", "pymysql"),
    "mariadb": ("pymysql", "pymysql", "pymysql"),
    "mssql": ("pyodbc", "pyodbc", "pyodbc"),
    "oracle": ("oracledb", "oracledb", "oracledb"),
}
"""For each database that may be named: SQLAlchemy's driver, the driver's module, and what to install."""

_WHERE = "dataset.connection"


@dataclass(frozen=True)
class Address:
    """A database: its dialect, and its URL or, for SQLite, its file. Its secrets are in no text that it makes."""

    dialect: str
    file: Path | None
    url: Any = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def redacted(self, text: str) -> str:
        """The text on one line without any secret of the address."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())


def address_of(connection: str | None, path: str | None) -> Address:
    """The database that is meant: by the name of an environment variable, or by the path of an SQLite file.

    Raises ConfigError if not exactly one is given, the variable is not set or holds no URL of a known database;
    EnvironmentFault with the command to type where SQLAlchemy or the driver is not installed.
    """
    if (connection is None) == (path is None):
        what = "give exactly one of connection and path"
        raise ConfigError(Fault("no-database", "dataset", what, "type dataset.path=FILE for SQLite"))
    _needed("sqlalchemy", "'forecastlab[sql]'")
    if path is not None:
        return Address("sqlite", Path(path), None, ())
    assert connection is not None
    return _from_environment(connection)


def _from_environment(variable: str) -> Address:
    import sqlalchemy

    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        # It is not shown: it may be the URL itself, with its password.
        what = "it is not the name of an environment variable"
        raise ConfigError(Fault("bad-name", _WHERE, what, "put the URL into a variable and give the variable's name"))
    text = os.environ.get(variable, "")
    if not text:
        what = f"the environment variable {variable} is not set"
        fix = f"type export {variable}=postgresql://USER:PASSWORD@HOST/DATABASE"
        raise ConfigError(Fault("unset-variable", _WHERE, what, fix))
    where = f"{_WHERE}, variable {variable}"
    try:
        url = sqlalchemy.make_url(text)
    except (sqlalchemy.exc.SQLAlchemyError, ValueError):
        what = "it does not hold a URL of a database"
        raise ConfigError(Fault("bad-url", where, what, "write it like postgresql://USER:PASSWORD@HOST/DB")) from None
    dialect, _, driver = url.drivername.partition("+")
    known = _DRIVERS.get(dialect)
    if known is None or driver not in ("", known[0]):
        allowed = [*_DRIVERS, *(f"{name}+{one}" for name, (one, _, _) in _DRIVERS.items())]
        what = f"found {url.drivername}, allowed are {', '.join(allowed)}"
        raise ConfigError(Fault("bad-scheme", where, what, nearest(url.drivername, allowed)))
    _needed(known[1], known[2])
    if dialect == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ConfigError(Fault("bad-url", where, "it names no file", "write it like sqlite:///sales.sqlite"))
        return Address("sqlite", Path(url.database), None, ())
    return Address(dialect, None, url.set(drivername=f"{dialect}+{known[0]}"), _secrets(url))


def _needed(module: str, package: str) -> None:
    if importlib.util.find_spec(module) is None:
        fix = f"type: pip install {package}"
        raise EnvironmentFault(Fault("missing-extra", f"package {module}", "the package is not installed", fix))


def _secrets(url: Any) -> tuple[str, ...]:
    """The password in every form that a message may hold it in, and all that is given after the question mark."""
    values = [value for found in url.query.values() for value in ([found] if isinstance(found, str) else found)]
    pieces = [piece for value in values for piece in [value, *re.split(r"[;=&\s]", value)] if len(piece) > 3]
    plain = [str(url.password)] if url.password else []
    forms = {form for one in [*plain, *pieces] for form in (one, quote(one, safe=""), quote_plus(one), repr(one)[1:-1])}
    return tuple(sorted(forms, key=len, reverse=True))
