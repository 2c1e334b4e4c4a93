"""What the tests of the executors let workers do.

A module of its own, since workers import what they run; heavy libraries only where they are used, since every new
worker would pay for them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def double(job: int) -> int:
    return 2 * job


def pid(job: object) -> int:
    time.sleep(0.02)
    return os.getpid()


def slow_first(job: int) -> int:
    time.sleep(0.2 if job == 0 else 0.0)
    return job


def tenfold_inverse(job: int) -> float:
    return 10 / job


def leave(job: int) -> int:
    if job == 2:
        sys.exit("no more")
    return job


def raise_fault(job: int) -> int:
    from forecastlab.schema import DataError, Fault

    raise DataError(Fault("no-rows", "sales", "nothing is left"))


def exit_at_once(job: int) -> int:
    if job == 2:
        os._exit(7)
    return job


def kill_self(job: int) -> int:
    if job == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def segfault(job: int) -> int:
    if job == 2:
        ctypes.string_at(0)
    return job


def kill_self_once(job: tuple[int, Path]) -> int:
    number, marker = job
    if number == 2 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def count_and_die(log: Path) -> None:
    with log.open("a") as file:
        file.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def never_end(job: int) -> int:
    while job == 2:
        pass
    return job


def hoard(job: int) -> int:
    kept = [bytearray(b"x" * 2**20) for _ in range(2**10 if job == 2 else 1)]
    return len(kept) and job


LEAK: list[bytearray] = []


def leak_and_rest(job: int) -> int:
    """Keeps 60 MB more each time, then stays long enough to be looked at."""
    LEAK.extend(bytearray(b"x" * 2**20) for _ in range(60))
    time.sleep(0.15)
    return job


class UnsendableError(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def raise_unsendable(job: int) -> int:
    raise UnsendableError("this", "that")


def return_unsendable(job: int) -> object:
    return lambda: job


def bits(seed: int) -> bytes:
    """Sums and products whose last bits depend on the order, and so on the number of threads."""
    import numpy as np

    values = np.random.default_rng(seed).standard_normal((300, 300))
    return np.linalg.solve(values @ values.T + np.eye(300), values).tobytes()


def threads(job: object) -> list[int]:
    import numpy  # noqa: F401 (brings its BLAS)
    from threadpoolctl import threadpool_info

    return [pool["num_threads"] for pool in threadpool_info()]


def settings(job: str) -> str | None:
    return os.environ.get(job)


def touch_and_rest(job: tuple[float, Path]) -> None:
    seconds, marker = job
    marker.touch()
    time.sleep(seconds)


def start_a_child_and_hang(marker: Path) -> None:
    child = subprocess.Popen(["sleep", "60"])
    _tell(marker, child.pid)
    time.sleep(60)


def fork_and_die(marker: Path) -> None:
    """The fork inherits the pipe, so that the pipe stays open when the worker is gone."""
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    _tell(marker, child)
    os.kill(os.getpid(), signal.SIGKILL)


def tell_pid_and_hang(marker: Path) -> None:
    _tell(marker, os.getpid())
    while True:
        pass


def tell_pid_and_hang_if_odd(job: tuple[int, Path]) -> int:
    number, marker = job
    if number:
        tell_pid_and_hang(marker)
    return number


def _tell(marker: Path, pid: int) -> None:
    marker.with_suffix(".tmp").write_text(str(pid))
    marker.with_suffix(".tmp").rename(marker)
