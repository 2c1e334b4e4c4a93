"""A failed job is not done again: what it raised is remembered for whoever asks for it later in the same study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from forecastlab.schema import Executor

J = TypeVar("J")
R = TypeVar("R")


class Once:
    """An executor that does no job twice that has failed; what succeeds is kept in the store, and found there.

    Jobs are known by their ``key``; those without one are always done.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._failed: dict[str, Exception] = {}

    def map(self, fn: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R | Exception]:
        """Results lazily and in the order of the jobs; that of a job that failed before is what it raised then."""
        asked = [(job, getattr(job, "key", None)) for job in jobs]
        known = {key: self._failed[key] for _, key in asked if key in self._failed}
        fresh = self._executor.map(fn, [job for job, key in asked if key not in known])
        for _, key in asked:
            if key in known:
                yield known[key]
                continue
            found = next(fresh)
            if key is not None and isinstance(found, Exception):
                self._failed[key] = found
            yield found

    def close(self) -> None:
        """End what was started."""
        self._executor.close()
