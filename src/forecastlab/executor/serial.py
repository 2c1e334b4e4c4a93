"""One job after another, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from forecastlab.executor._call import call
from forecastlab.executor._threads import one_thread

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Serial:
    """Runs one job after another in this process: the simplest way, and the easiest to debug.

    A job that never ends or that kills its process cannot be helped here; ``processes`` can. Results are the same bits.
    """

    def map(self, fn: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R | Exception]:
        """Results in the order of the jobs, each computed when asked for; what a job raised stands in its place."""
        for job in jobs:
            with one_thread():
                result = call(fn, job)
            yield result

    def close(self) -> None:
        """Nothing to end; here so that all executors are used alike."""

    def __enter__(self) -> Serial:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


PART = Serial
