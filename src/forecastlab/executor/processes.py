"""Jobs side by side in worker processes of this machine, of which none can take the others with it."""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import Field

from forecastlab.executor._child import Limits
from forecastlab.executor._pool import Answer, Pool
from forecastlab.executor._worker import unpack
from forecastlab.schema import Fault

MOST = 4
"""Workers per core from which on it is a slip of the pen; a few more than cores do no harm but wait."""

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Processes:
    """Runs jobs side by side on this machine; a job that crashes, hangs or eats all memory costs nothing but itself.

    Workers start with the first jobs, run one job at a time on one thread, and stay until ``close`` (or the end of
    the program), so that libraries are imported once. Functions and jobs must be picklable and live in importable
    modules, not in the main script. Results are the same bits as those of ``serial``.
    """

    workers: Annotated[int, Field(ge=0, description="worker processes; 0: one per core that this process may use")]
    timeout: Annotated[float | None, Field(gt=0, description="seconds that one job may take; null: no limit")]
    memory: Annotated[int | None, Field(ge=1, description="MB that one job's worker may hold; null: no limit")]
    retries: Annotated[int, Field(ge=0, description="second chances, in a new worker, of a job whose worker died")]

    def mistakes(self) -> Iterator[Fault]:
        """Far more workers than cores: each has one thread of its own, so that they would only wait for each other."""
        cores = os.cpu_count() or 1
        if self.workers > MOST * cores:
            what = f"found {self.workers}, and this machine has {cores} cores, {MOST} workers each at most"
            yield Fault("too-many-workers", "workers", what, "type executor.workers=0 for one per core")

    def map(self, fn: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R | Exception]:
        """Results in the order of the jobs; what a job raised, or WorkerLost, stands in its place.

        At most two jobs per worker are begun or waiting beyond what was taken, so who stops early wastes little.
        Closing the iterator cancels what waits. Raises EnvironmentFault if no worker can be started.
        """
        pool, packed = self._pool, pickle.dumps(fn, pickle.HIGHEST_PROTOCOL)
        ahead: deque[Answer] = deque()
        try:
            for job in jobs:
                ahead.append(_submit(pool, packed, job))
                if len(ahead) >= 2 * pool.size:
                    yield _result(ahead.popleft())
            while ahead:
                yield _result(ahead.popleft())
        finally:
            for answer in ahead:
                answer.cancel()

    def close(self) -> None:
        """End the workers now; a later ``map`` starts new ones."""
        pool = self.__dict__.pop("_pool", None)
        if pool is not None:
            pool.close()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self.workers or _cores(), Limits(self.timeout, self.memory, self.retries))


def _submit(pool: Pool, fn: bytes, job: object) -> Answer:
    try:
        packed = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        error.add_note("the job cannot be sent to a worker process")
        refused: Answer = Future()
        refused.set_result(error)
        return refused
    return pool.submit(fn, packed)


def _result(answer: Answer) -> Any:
    reply = answer.result()
    return unpack(reply) if isinstance(reply, bytes) else reply


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


PART = Processes
