"""Shipping what has not reached the store: after a crash, or after the store was away."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.tracking._lock import held
from forecastlab.tracking._owner import fate, owner_of, this_process
from forecastlab.tracking._place import place
from forecastlab.tracking._ship import ship
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking.tracker import SyncReport

if TYPE_CHECKING:
    import mlflow.entities
    from mlflow import MlflowClient

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
        ended += _reap(store)
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


def _reap(store: Store) -> list[str]:
    """End what the store still shows as RUNNING although its process on this machine is dead."""
    try:
        running = store.call(_running)
        return [own for run, own in running if _ended(store, run, store.place.spool / f"{own}.jsonl")]
    except (UnreachableError, RefusedError):
        return []


def _running(client: MlflowClient) -> list[tuple[str, str]]:
    studies = [
        each.experiment_id for each in client.search_experiments(filter_string="tags.`forecastlab.made` = 'true'")
    ]
    wanted = f"attributes.status = 'RUNNING' and tags.`forecastlab.host` = '{this_process().host}'"
    found = client.search_runs(studies, wanted, max_results=1000) if studies else []
    return [(run.info.run_id, run.data.tags["forecastlab.run"]) for run in found if _orphan(run)]


def _orphan(run: mlflow.entities.Run) -> bool:
    return run.info.status == "RUNNING" and fate(owner_of(run.data.tags)) == "dead"


def _ended(store: Store, run: str, spool: Path) -> bool:
    """Look once more with the record locked: it may have been shipped since, and then its end is known."""

    def step(client: MlflowClient) -> bool:
        found = client.get_run(run)
        if not _orphan(found):
            return False
        own = found.data.tags["forecastlab.run"]
        if len(client.search_runs([found.info.experiment_id], f"tags.`forecastlab.run` = '{own}'")) > 1:
            client.delete_run(run)  # made by a request that was given up here but served later
            return True
        client.set_tag(run, "forecastlab.end", "the process died without saying how the run ended")
        client.set_terminated(run, "KILLED")
        return True

    try:
        with held(spool, 0, create=False) if spool.exists() else nullcontext():
            return store.call(step)
    except (TimeoutError, FileNotFoundError):
        return False  # being shipped by another process


def _sweep(spool: Path) -> None:
    """Delete what a process left behind that died while it wrote or deleted."""
    for stray in spool.glob("*"):
        if stray.suffix == ".part" and time.time() - stray.stat().st_mtime > HOUR:
            stray.unlink(missing_ok=True)
        elif stray.is_dir() and not stray.with_suffix(".jsonl").exists():
            shutil.rmtree(stray, ignore_errors=True)
