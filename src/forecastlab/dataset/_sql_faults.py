"""What a database says when it refuses, as a fault with its exit code and without secrets or values."""

from __future__ import annotations

from typing import Any

from forecastlab.dataset._sql_address import Address
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Fault, ForecastlabError

_Told = tuple[type[ForecastlabError], str, str, str]
_DEAD = (EnvironmentFault, "query-timeout", "the database did not answer within the timeout", "raise dataset.timeout")
_WRITES = (ConfigError, "not-one-select", "the database says that the query would write", "give one SELECT")
_TABLE = (DataError, "unknown-table", "", "check the names of tables and schemas in it")
_COLUMN = (DataError, "unknown-column", "", "check the names of columns in it")
_LOGIN = (EnvironmentFault, "login-refused", "", "check user and password in the variable")
_SYNTAX = (ConfigError, "bad-query", "", "mend the query")

_STATES: dict[str, _Told] = {
    "25006": _WRITES,
    "42501": (EnvironmentFault, "no-permission", "", "ask for the right to read it"),
    "42601": _SYNTAX,
    "42703": _COLUMN,
    "42P01": _TABLE,
    "3F000": _TABLE,
    "57014": _DEAD,
    "28P01": _LOGIN,
    "28000": _LOGIN,
}
"""PostgreSQL's codes of errors."""

_PHRASES: dict[str, _Told] = {
    "no such table": _TABLE,
    "no such column": _COLUMN,
    "syntax error": _SYNTAX,
    "unrecognized token": _SYNTAX,
    "incomplete input": _SYNTAX,
    "interrupted": _DEAD,
    "readonly database": _WRITES,
    "not authorized": _WRITES,
    "not a database": (
        DataError,
        "not-sqlite",
        "the file is no SQLite database, whatever its name",
        "check dataset.path",
    ),
    "database disk image is malformed": (DataError, "bad-sqlite", "the file is damaged", "fetch it again"),
    "database is locked": (EnvironmentFault, "database-locked", "another program is writing to it", "try again later"),
    "could not decode": (DataError, "bad-encoding", "a text in it is not UTF-8", "cast it in the query"),
    "password authentication failed": _LOGIN,
    "no password supplied": _LOGIN,
    "access denied": _LOGIN,
}
"""Words by which databases without such codes tell the same."""


def refusal(error: Exception, address: Address, connected: bool, where: str) -> ForecastlabError:
    """The error to raise for what SQLAlchemy or a driver raised. ``where`` names the query."""
    cause = getattr(error, "orig", None) or error
    said = address.redacted(_message(cause))
    told = _told(cause, said)
    place = where if connected and (told is None or told is not _LOGIN) else "dataset.connection"
    if told is not None:
        kind, code, what, fix = told
        return kind(Fault(code, place, what or f"the database says: {said}", fix))
    if not connected:
        what = f"the database cannot be reached ({type(cause).__name__}: {said})"
        return EnvironmentFault(Fault("no-connection", place, what, "check the address and whether it is running"))
    if (_state(cause) or "").startswith("22"):  # its text quotes the value that cannot be read
        what = f"a value cannot be computed ({type(cause).__name__})"
        return DataError(Fault("bad-value", place, what, "mend the data or the casts in the query"))
    what = f"the database stopped answering ({type(cause).__name__}: {said})"
    return EnvironmentFault(Fault("query-failed", place, what, "try the query in the database's own shell"))


def _told(cause: Any, said: str) -> _Told | None:
    state = _state(cause)
    if state in _STATES:
        return _STATES[state]
    low = said.lower()
    return next((told for phrase, told in _PHRASES.items() if phrase in low), None)


def _state(cause: Any) -> str | None:
    found = getattr(cause, "sqlstate", None)
    return found if isinstance(found, str) else None


def _message(cause: Any) -> str:
    """What the server says, without the lines of the query that some drivers add."""
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return str(primary or cause)
