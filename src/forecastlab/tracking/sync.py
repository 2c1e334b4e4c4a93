"""Shipping what has not reached the store: after a crash, or after the store was away."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from forecastlab.tracking._place import place
from forecastlab.tracking._reap import reap
from forecastlab.tracking._ship import ship
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking.tracker import SyncReport

HOUR = 3600
PATIENCE = 30
"""Seconds that a server may take for one answer when somebody waits for the result."""


def sync(root: str | Path, uri: str | None) -> SyncReport:
    """Send every run that has ended to the store, and end the runs whose process has died.

    Doing it again, or from two processes at once, changes nothing. Raises ConfigError, EnvironmentFault for a broken
    local store; a server that does not answer is told in the report.
    """
    return catch_up(Store(place(root, uri), PATIENCE), lambda: True)


def catch_up(store: Store, go_on: Callable[[], bool]) -> SyncReport:
    """The same with a store at hand, as long as ``go_on`` says so."""
    by: dict[str, list[str]] = {name: [] for name in ("shipped", "active", "elsewhere", "gone", "broken", "left")}
    ended: list[str] = []
    damaged: list[str] = []
    refused: dict[str, str] = {}
    for path in sorted(store.place.spool.glob("*.jsonl")):
        if store.down or not go_on():
            by["left"].append(path.stem)
            continue
        try:
            outcome, told = ship(store, path, wait=0)
        except UnreachableError:
            by["left"].append(path.stem)
        except TimeoutError:
            by["active"].append(path.stem)  # another process is shipping it
        except RefusedError as error:
            refused[path.stem] = str(error)
        else:
            by[outcome].append(path.stem)
            if outcome == "broken":
                refused[path.stem] = "not even the first line of its record is whole"
            if told is not None and told.damaged:
                damaged.append(path.stem)
            if told is not None and told.silent:
                ended.append(path.stem)
    _sweep(store.place.spool)
    if not store.down:
        ended += reap(store)
    return SyncReport(
        shipped=tuple(by["shipped"]),
        ended=tuple(ended),
        active=tuple(by["active"]),
        elsewhere=tuple(by["elsewhere"]),
        damaged=tuple(damaged),
        refused=refused,
        left=tuple(by["left"]),
        unreachable=store.down,
    )


def within(seconds: float) -> Callable[[], bool]:
    """True until so many seconds have passed."""
    limit = time.monotonic() + seconds
    return lambda: time.monotonic() < limit


def _sweep(spool: Path) -> None:
    """Delete what a process left behind that died while it wrote or deleted."""
    for stray in spool.glob("*"):
        if stray.suffix == ".part" and time.time() - stray.stat().st_mtime > HOUR:
            stray.unlink(missing_ok=True)
        elif stray.is_dir() and not stray.with_suffix(".jsonl").exists():
            shutil.rmtree(stray, ignore_errors=True)
