"""The outside of a worker process: start it, give it a job, watch it, end it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from forecastlab.executor._lost import WorkerLost
from forecastlab.executor._threads import PINNED
from forecastlab.schema import EnvironmentFault, Fault

_BOOT = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from forecastlab.executor._worker import serve; serve(int(sys.argv[1]), int(sys.argv[2]))"
)
_LOADING = 300.0  # seconds to start Python or to import a job's code: a cold disk is slow, and no job should pay for it
_LOOK = 0.5  # seconds between looks at a worker
_LOOK_MEMORY = 0.05  # memory grows by about a hundred megabytes between two such looks
_FAREWELL = 2.0  # seconds to leave in peace
_MB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one job may cost: seconds, megabytes of resident memory (None: no limit), and second chances."""

    timeout: float | None
    memory: int | None
    retries: int


@dataclass
class Child:
    """A worker process and our end of the pipe to it; ``used``: it has had a job, ``busy``: it has one now."""

    process: subprocess.Popen[bytes]
    pipe: Connection[Any, Any]
    used: bool
    busy: bool

    def ask(self, fn: bytes, job: bytes, limits: Limits) -> bytes:
        """The worker's answer to a job. Raises WorkerLost, after which the worker is of no use."""
        try:
            self.pipe.send_bytes(fn)
            self.pipe.send_bytes(job)
            self._receive(_LOADING, limits.memory, " to load its code")
            return self._receive(limits.timeout, limits.memory, "")
        except OSError as error:  # broken pipe
            raise WorkerLost("died", self._cause()) from error
        finally:
            self.busy, self.used = False, True

    def is_dead(self) -> bool:
        """Whether the process has ended; it is left unreaped, so that its number stays its own until ``end``."""
        if self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self) -> None:
        """End the worker, and all that its job has started, now."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def end(self, in_peace: bool) -> None:
        """End the worker and forget it; in peace lets it leave by itself, with its own cleaning up."""
        self.pipe.close()
        until = time.monotonic() + (_FAREWELL if in_peace else 0.0)
        while not self.is_dead() and time.monotonic() < until:
            time.sleep(0.005)
        self.kill()
        self.process.wait()

    def _receive(self, seconds: float | None, memory: int | None, what: str) -> bytes:
        until = None if seconds is None else time.monotonic() + seconds
        look = _LOOK if memory is None else _LOOK_MEMORY
        while True:
            left = look if until is None else min(look, max(0.0, until - time.monotonic()))
            if self.pipe.poll(left):
                return self._read()
            if self.is_dead() and not self.pipe.poll(0.0):  # the pipe can outlive it in a process its job has started
                raise WorkerLost("died", self._cause())
            if until is not None and time.monotonic() >= until:
                raise WorkerLost("timeout", f"it took more than {seconds:g} seconds{what}")
            if memory is not None and (used := _resident(self.process.pid)) > memory * _MB:
                raise WorkerLost("memory", f"it held {used // _MB} MB, {memory} MB are allowed")

    def _read(self) -> bytes:
        try:
            return self.pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise WorkerLost("died", self._cause()) from error

    def _cause(self) -> str:
        until = time.monotonic() + _FAREWELL
        while not self.is_dead() and time.monotonic() < until:
            time.sleep(0.005)
        self.kill()
        code = self.process.wait()
        if code >= 0:
            return f"its process left with exit code {code}"
        hint = " (the machine may have run out of memory)" if code == -signal.SIGKILL else ""
        return f"its process was ended by {signal.Signals(-code).name}{hint}"


def start() -> Child:
    """A new worker, up and waiting. Raises EnvironmentFault if the machine does not give one.

    A fresh interpreter, not a fork (this process may have threads), and without this process's main script, which
    might begin everything anew. It has a process group of its own, so that Ctrl-C does not reach it and that ending it
    ends what it started.
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, str(theirs.fileno()), str(os.getpid()), *sys.path],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **PINNED},
                pass_fds=[theirs.fileno()],
                process_group=0,
            )
    except OSError as error:
        ours.close()
        raise EnvironmentFault(_no_worker(str(error))) from error
    child = Child(process, Connection(ours.detach()), used=False, busy=False)
    try:
        child._receive(_LOADING, None, " to start")
    except WorkerLost as lost:
        child.end(in_peace=False)
        raise EnvironmentFault(_no_worker(lost.detail)) from lost
    return child


def _no_worker(why: str) -> Fault:
    return Fault("no-worker", "executor", f"a worker process could not be started: {why}", "try executor=serial")


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds now."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (FileNotFoundError, ProcessLookupError):
        return 0
