"""One at a time: a lock on a file that the system frees when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, seconds: float, create: bool) -> Iterator[None]:
    """Hold the lock of this file, waiting at most ``seconds``. Raises TimeoutError, FileNotFoundError."""
    import fcntl

    handle = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    try:
        limit = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= limit:
                    raise TimeoutError(f"{path.name} is in use by another process") from None
                time.sleep(0.01)
        yield
    finally:
        os.close(handle)
