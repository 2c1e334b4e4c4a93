"""What a store asks of the disk: folders of one process's own, whole files, and errors that say what to do."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecastlab.schema import EnvironmentFault, Fault

_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}
_TAKEN = {errno.ENOTEMPTY, errno.EEXIST}


@contextmanager
def faults(root: Path) -> Iterator[None]:
    """Turn a full or closed disk under ``root`` into EnvironmentFault; anything else passes."""
    try:
        yield
    except EnvironmentFault:
        raise
    except Exception as error:
        fault = _fault(root, error)
        if fault is None:
            raise
        raise EnvironmentFault(fault) from error


def _fault(root: Path, error: Exception) -> Fault | None:
    number = error.errno if isinstance(error, OSError) else None
    # Libraries that write by themselves (DuckDB, Arrow) say it in words, each in an exception of its own.
    if number in _FULL or "no space left on device" in str(error).lower():
        what = "there is no room left on the disk of the cache"
        return Fault("disk-full", str(root), what, "run 'forecastlab cache prune', or put the cache on a larger disk")
    if number in _CLOSED and isinstance(error, OSError):
        named = [name for name in (error.filename, error.filename2) if isinstance(name, str | os.PathLike)]
        if any(_touches(root, Path(name)) for name in named):
            return _closed(root, error)
    return None


def _closed(root: Path, error: OSError) -> Fault:
    what = f"the cache cannot be used there ({os.strerror(error.errno or 0)})"
    return Fault("cache-not-writable", str(root), what, "choose a folder that is yours to write")


def _touches(root: Path, path: Path) -> bool:
    root, path = root.absolute(), path.absolute()
    return path.is_relative_to(root) or root.is_relative_to(path)


def folder(path: Path, mode: int = 0o777) -> Path:
    """Make sure that a folder exists; ``mode`` holds for a new one. Raises EnvironmentFault where it cannot be made."""
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(_fault(path, error) or _closed(path, error)) from error
    return path


def scratch(tmp: Path) -> Path:
    """A new empty folder in ``tmp`` whose name says which process of which machine made it."""
    pid = os.getpid()
    return Path(tempfile.mkdtemp(prefix=f"{_host()}.{pid}.{_born(pid)}.", dir=tmp))


def is_abandoned(path: Path) -> bool:
    """Whether the process that made a scratch folder is gone; on other machines nobody can tell, so no."""
    host, _, rest = path.name.partition(".")
    pid, _, rest = rest.partition(".")
    born = rest.partition(".")[0]
    return host == _host() and pid.isdigit() and _born(int(pid)) != born


def settle(path: Path) -> None:
    """Bring all files in a folder, and the folder itself, to the disk before it gets its name."""
    for file in [*path.rglob("*"), path]:
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def moved(ours: Path, place: Path) -> bool:
    """Give a folder its name in one step; False if the name is taken already."""
    try:
        ours.rename(place)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def _host() -> str:
    return socket.gethostname().replace(".", "_")


def _born(pid: int) -> str:
    """When a process started, in clock ticks since boot, since its number alone may be used again; "" if it is gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "" if not _is_alive(pid) else "alive"
    return "" if after_name[0] in "ZX" else after_name[19]


def _is_alive(pid: int) -> bool:
    """For systems without /proc."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
