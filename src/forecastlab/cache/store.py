"""Where results are kept: one folder per result, whole or absent, never half."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.cache import _disk

_LOG = logging.getLogger(__name__)
_FACTS = "entry.json"
_TMP = "tmp"
_DAY = 86_400.0


@dataclass(frozen=True)
class Entry:
    """One kept result: how big it is, how many days ago it was last used, and what it is about (for humans)."""

    stage: str
    key: str
    path: Path
    bytes: int
    age: float
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Store:
    """A folder of results that were computed before, each under the key of all that decided it.

    ``stage`` is the name of a step, such as ``panel``, or step and part, such as ``forecast/arima``. An entry is the
    folder ``root/<step>/<part>-<key>`` (the first 32 letters of the key) with the files of the result and
    ``entry.json``: the whole key, the names and sizes of the files, and what they are about. Any number of processes
    may use one store at the same time. Every method raises EnvironmentFault when the disk is full or not writable.
    """

    root: Path

    def find(self, stage: str, key: str) -> Path | None:
        """The folder of a result if it was kept before, else None; this counts as a use of it.

        An entry that somebody damaged is taken away, with a warning, and counts as absent.
        """
        path = self._place(stage, key)
        with _disk.faults(self.root):
            facts = _facts(path)
            if facts is None and not path.exists():
                return None
            if facts is None or facts["key"] != key or not _is_whole(path, facts):
                _LOG.warning("the cache entry %s is damaged; it is taken away and computed again", path.name)
                self._discard(path)
                return None
            try:
                os.utime(path / _FACTS)
            except FileNotFoundError:  # pruned by another process between the look and the touch
                return None
            return path

    def keep(self, stage: str, key: str, write: Callable[[Path], None], about: Mapping[str, Any]) -> Path:
        """Keep what ``write`` puts into the empty folder it is given, and return the folder where it then lies.

        The folder appears under its name in one step, after all of it is on the disk. If another process was first,
        its result stays and ours goes. If ``write`` fails, nothing stays and its exception is raised.
        """
        place = self._place(stage, key)
        with _disk.faults(self.root):
            ours = _disk.scratch(self._tmp())
            try:
                write(ours)
                files = {str(f.relative_to(ours)): f.stat().st_size for f in sorted(ours.rglob("*")) if f.is_file()}
                facts = {"stage": stage, "key": key, "created": _now(), "files": files, "about": dict(about)}
                (ours / _FACTS).write_text(json.dumps(facts, indent=2, default=str) + "\n")
                _disk.settle(ours)
                _disk.folder(place.parent)
                while not _disk.moved(ours, place):
                    if self.find(stage, key):
                        break  # another process was first: what it kept is the same, by the law of keys
                return place
            finally:
                shutil.rmtree(ours, ignore_errors=True)

    def sweep(self) -> int:
        """Take away what processes that were killed left half written; return how many folders that were."""
        with _disk.faults(self.root):
            left = [path for path in _children(self.root / _TMP) if _disk.is_abandoned(path)]
            for path in left:
                shutil.rmtree(path, ignore_errors=True)
            return len(left)

    def ls(self) -> Iterator[Entry]:
        """All kept results, by name."""
        with _disk.faults(self.root):
            steps = [path for path in _children(self.root) if path.is_dir() and path.name != _TMP]
            found = [path for step in steps for path in _children(step)]
        for path in found:
            facts = _facts(path)
            if facts:
                facts_file = path / _FACTS
                size = sum(facts["files"].values()) + _size(facts_file)
                age = max(0.0, time.time() - _used(facts_file)) / _DAY
                yield Entry(facts["stage"], facts["key"], path, size, age, facts["about"])

    def prune(self, older_than_days: float | None, max_bytes: int | None) -> list[Entry]:
        """Take away what was not used for so many days, then the longest unused until the rest is small enough.

        None means no such limit. Returns the entries that went. Do not prune while a run reads the store: what it
        found a moment ago may go, and it then has to be run again.
        """
        self.sweep()
        entries = sorted(self.ls(), key=lambda entry: (-entry.age, str(entry.path)))
        size = sum(entry.bytes for entry in entries)
        gone = []
        with _disk.faults(self.root):
            for entry in entries:
                too_old = older_than_days is not None and entry.age > older_than_days
                if too_old or (max_bytes is not None and size > max_bytes):
                    self._discard(entry.path)
                    size -= entry.bytes
                    gone.append(entry)
        return gone

    def _place(self, stage: str, key: str) -> Path:
        step, _, part = stage.partition("/")
        names = [step, part or step, key]
        if step == _TMP or not all(name.replace("_", "").replace("-", "").isalnum() for name in names):
            raise ValueError(f"not a stage and a key of the cache: {stage!r}, {key!r}")
        return self.root / step / f"{part or step}-{key[:32]}"

    def _tmp(self) -> Path:
        _disk.folder(self.root, mode=0o700)  # results name customers: nobody else on this machine may look
        return _disk.folder(self.root / _TMP)

    def _discard(self, path: Path) -> None:
        grave = _disk.scratch(self._tmp())
        try:
            path.rename(grave / path.name)  # vanishes in one step, so that nobody sees half an entry
        except FileNotFoundError:
            pass
        finally:
            shutil.rmtree(grave, ignore_errors=True)


def _facts(path: Path) -> dict[str, Any] | None:
    try:
        facts = json.loads((path / _FACTS).read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return facts if isinstance(facts, dict) and facts.keys() >= {"stage", "key", "files", "about"} else None


def _is_whole(path: Path, facts: Mapping[str, Any]) -> bool:
    return all(_size(path / name) == size for name, size in facts["files"].items())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
