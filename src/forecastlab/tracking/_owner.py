"""Who records a run, and whether that process is still alive."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Fate = Literal["alive", "dead", "elsewhere"]


@dataclass(frozen=True)
class Owner:
    """A process, named so that a later process with the same number is not taken for it.

    ``boot`` is the id of the machine's last start and ``start`` the process's start in clock ticks since then; both
    are empty where the system does not tell (it is then only asked whether the number is in use).
    """

    host: str
    pid: str
    boot: str
    start: str

    def tags(self) -> dict[str, str]:
        """As tags of a run in the store."""
        return {
            "forecastlab.host": self.host,
            "forecastlab.pid": self.pid,
            "forecastlab.boot": self.boot,
            "forecastlab.start": self.start,
        }


def this_process() -> Owner:
    """The process that asks."""
    return Owner(socket.gethostname(), str(os.getpid()), _boot(), _start(os.getpid()) or "")


def owner_of(tags: Mapping[str, str]) -> Owner:
    """The owner that a run's tags name."""
    return Owner(*(tags.get(f"forecastlab.{name}", "") for name in ("host", "pid", "boot", "start")))


def fate(owner: Owner) -> Fate:
    """Whether the owner lives; ``elsewhere`` if it ran on another machine, of which nothing can be known here."""
    if owner.host != socket.gethostname():
        return "elsewhere"
    if owner.boot != _boot() or not owner.pid.isdigit():
        return "dead"
    if owner.start:
        return "alive" if _start(int(owner.pid)) == owner.start else "dead"
    try:
        os.kill(int(owner.pid), 0)
    except ProcessLookupError:
        return "dead"
    except PermissionError:
        pass
    return "alive"


def _boot() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _start(pid: int) -> str | None:
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = line.rpartition(")")[2].split()  # the name in brackets may itself hold blanks and brackets
    return None if state in {"Z", "X"} else rest[18]  # a zombie is dead: it only waits to be buried
