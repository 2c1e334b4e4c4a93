"""The inside of a worker process: read a job, run it, answer, until the other end of the pipe is closed."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from forecastlab.executor._call import call

_PR_SET_PDEATHSIG = 1
NOTE = b""
"""Sent when a worker is up, and again when it has loaded a job's code and the job itself begins."""


def serve(handle: int, parent: int) -> None:
    """Answer jobs from the pipe with file number ``handle`` as long as process ``parent`` lives and wants it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _die_with(parent)
    pipe: Connection[Any, Any] = Connection(handle)
    try:
        pipe.send_bytes(NOTE)
        while True:
            fn, job = pipe.recv_bytes(), pipe.recv_bytes()
            pipe.send_bytes(_answer(pipe, fn, job))
    except (EOFError, OSError):
        return  # the parent has closed its end: no more jobs


def unpack(reply: bytes) -> Any:
    """The value that a worker sent: a result, or an exception with its notes."""
    try:
        value, notes = pickle.loads(reply)
    except Exception as error:
        error.add_note("the job's answer cannot be read in this process")
        return error
    if notes:
        value.__notes__ = notes
    return value


def _answer(pipe: Connection[Any, Any], fn: bytes, job: bytes) -> bytes:
    loaded = call(_load, (fn, job))
    pipe.send_bytes(NOTE)
    return _pack(loaded if isinstance(loaded, Exception) else call(*loaded))


def _load(packed: tuple[bytes, bytes]) -> tuple[Any, Any]:
    fn, job = packed
    return pickle.loads(fn), pickle.loads(job)


def _pack(value: Any) -> bytes:
    # Exceptions with a __reduce__ of their own lose their notes, and some cannot be made again from their arguments.
    notes = getattr(value, "__notes__", None) if isinstance(value, Exception) else None
    try:
        reply = pickle.dumps((value, notes), pickle.HIGHEST_PROTOCOL)
        if isinstance(value, Exception):
            pickle.loads(reply)
    except Exception as error:
        told = f"{type(value).__name__}: {value}" if isinstance(value, Exception) else f"a {type(value).__name__}"
        stand_in = RuntimeError(f"the job's answer cannot be sent between processes ({error}): {told}")
        return pickle.dumps((stand_in, notes), pickle.HIGHEST_PROTOCOL)
    return reply


def _die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent is gone, however that went."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(0)
