"""The spool: a run's record as lines in a local file, written before anything is sent anywhere.

One line is one event: ``{"sum": checksum, "event": {"n": number, "at": ms, "kind": ..., "data": {...}}}``. A line
that is torn or altered fails its checksum; a line that is missing breaks the numbering. Both are reported, never
guessed at.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.schema import EnvironmentFault, Fault


@dataclass(frozen=True)
class Event:
    """One thing that happened in a run; ``at`` is in milliseconds since 1970."""

    n: int
    at: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """A spool as read: the events that are whole, and how many lines are not."""

    events: tuple[Event, ...]
    damaged: int


class Spool:
    """The spool of one run while it is being written: ``<folder>/<id>.jsonl``, and its files in ``<folder>/<id>/``."""

    def __init__(self, folder: Path, start: Mapping[str, Any], own: str = "") -> None:
        self.id = own or f"{time.time_ns():016x}{secrets.token_hex(8)}"  # sorts by time: a parent before its children
        self.path = folder / f"{self.id}.jsonl"
        self.files = folder / self.id
        self._lines = 0
        self._last = 0
        self._closed = False
        part = self.path.with_suffix(".part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part.write_text(self._line("start", start), encoding="utf-8")
            part.replace(self.path)  # so that a spool without its first line does not exist
        except OSError as error:
            raise _no_spool(error) from error

    def append(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write one event; it outlives the process from here on.

        Raises EnvironmentFault, and ValueError when the record was closed: what comes after the end would be lost.
        """
        if self._closed:
            raise ValueError("the run has ended")
        line = self._line(kind, data)
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)  # never makes a record without its first line
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise _no_spool(error) from error

    def keep(self, source: Path | str, place: str) -> int:
        """Put a copy of a file, or a text, at ``place`` below the run's folder, whole or not at all, and give its size.

        Raises EnvironmentFault.
        """
        target = self.files / place
        part = target.with_name(f".{secrets.token_hex(4)}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, Path):
                shutil.copyfile(source, part)
            else:
                part.write_text(source, encoding="utf-8")
            part.replace(target)
            return target.stat().st_size
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _no_spool(error) from error

    def close(self) -> None:
        """Make sure that the record is on the disk; it outlives the machine from here on. Raises EnvironmentFault."""
        self._closed = True
        try:
            for path in (self.path, self.path.parent):
                handle = os.open(path, os.O_RDONLY)
                os.fsync(handle)
                os.close(handle)
        except OSError as error:
            raise _no_spool(error) from error

    def _line(self, kind: str, data: Mapping[str, Any]) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1_000_000)  # of equal times the store shows the larger value
        event = {"n": self._lines, "at": self._last, "kind": kind, "data": data}
        self._lines += 1
        return json.dumps({"sum": _checksum(event), "event": event}, allow_nan=False) + "\n"


def read(path: Path) -> Record:
    """A spool's events; reading goes on behind a damaged line, so that as much as possible is saved."""
    events: list[Event] = []
    damaged = 0
    for line in path.read_bytes().splitlines():
        try:
            found = json.loads(line)
            event = Event(**found["event"]) if _checksum(found["event"]) == found["sum"] else None
        except (ValueError, TypeError, KeyError):
            event = None
        if event is None:
            damaged += 1
        else:
            events.append(event)
    lost = events[-1].n + 1 - len(events) if events else 0
    return Record(tuple(events), max(damaged, lost))


def _checksum(event: Mapping[str, Any]) -> str:
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _no_spool(error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        Fault(
            "cannot-record",
            "tracking.root",
            f"the run cannot be recorded: {error.strerror}",
            "free space or set tracking.root",
        )
    )
