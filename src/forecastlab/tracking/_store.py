"""The store: one client, made once, that says at once when there is no use in trying."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from forecastlab.schema import EnvironmentFault, Fault, ForecastlabError
from forecastlab.tracking._client import connect
from forecastlab.tracking._lock import held
from forecastlab.tracking._place import Place, without_password

if TYPE_CHECKING:
    from mlflow import MlflowClient

T = TypeVar("T")
PATIENCE = 30
"""Seconds to wait for another process of ours that writes the same sqlite store: each message takes milliseconds."""


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
        """Do one step with the client. Raises UnreachableError, RefusedError; ForecastlabError of the step's own."""
        if self.down:
            raise UnreachableError(self.down)
        try:
            if self._client is None:
                self._client = connect(self.place, self._timeout)
            client = self._client
            if self.place.database is None:
                return step(client)
            with held(self.place.lock, PATIENCE, create=True):  # sqlite gives up where two writers meet
                return step(client)
        except ForecastlabError:
            raise
        except Exception as error:
            raise self._judged(error) from None

    def _judged(self, error: Exception) -> Exception:
        from mlflow.exceptions import MlflowException, RestException

        reason = _told(error)
        if isinstance(error, MlflowException):
            if "out-of-date database schema" in reason and not self.place.served:
                fix = "run `mlflow db upgrade` on it while nothing writes to it"
                return EnvironmentFault(Fault("old-store", "tracking.uri", "the store is of another version", fix))
            code = int(error.get_http_status_code())  # type: ignore[no-untyped-call]
            refused = 400 <= code < 500 and code not in {401, 403, 408, 429}
            refused = refused and (isinstance(error, RestException) or not self.place.served)  # else no MLflow answers
        else:
            refused = not isinstance(error, OSError)
        if refused:
            return RefusedError(reason)
        self.down = _told(_root_of(error))
        logging.getLogger(__name__).warning(
            "%s cannot be reached, runs wait in %s for `forecastlab sync`: %s",
            without_password(self.place.url),
            self.place.spool,
            self.down,
        )
        return UnreachableError(self.down)


def _told(error: BaseException) -> str:
    return without_password(" ".join(str(error).split()))[:300] or type(error).__name__


def _root_of(error: BaseException) -> BaseException:
    """The first of a chain of errors: "connection refused" rather than how many layers passed it on."""
    while (earlier := error.__cause__ or error.__context__) is not None:
        error = earlier
    return error
