"""A run while it is being recorded."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

from forecastlab.tracking._names import legal_file, legal_key, legal_name, legal_text
from forecastlab.tracking._owner import this_process
from forecastlab.tracking._ship import make, ship
from forecastlab.tracking._spool import Spool
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking.tracker import FoundRun, Run, Status
from forecastlab.tracking.views import View

PARAM_LENGTH = 500
NOTE_LENGTH = 20_000
"""Characters of a study's description that the store takes."""
_TYPES = {"int": "long", "float": "double", "bool": "boolean", "datetime": "datetime", "str": "string"}


def begin(
    store: Store,
    study: str,
    description: str,
    name: str,
    parent: Run | None,
    tags: Mapping[str, str],
    params: Mapping[str, Any],
    own: str = "",
) -> LiveRun:
    """A new run; one without a parent is shown in the store at once. Long parameters become a file.

    With the id ``own`` it is the run of that id, which goes on if the store has it.
    """
    texts = {legal_key(key): _text(value) for key, value in params.items()}
    long = {key: text for key, text in texts.items() if len(text) > PARAM_LENGTH}
    short = {key: f"long_params.json ({len(text)} characters)" for key, text in long.items()}
    spool = Spool(
        store.place.spool,
        {
            "study": study,
            "description": description,
            "place": store.place.name,
            "name": legal_name(name),
            "parent": parent.id if parent else None,
            "owner": asdict(this_process()),
            "params": texts | short,
        },
        own,
    )
    run = LiveRun(store, spool)
    run.tags(tags)
    if long:
        run.text("long_params.json", json.dumps(long, ensure_ascii=False, indent=1))
    if parent is None:
        run.show()
    return run


class LiveRun:
    """A run whose record is a spool. Each call is on the disk before it returns."""

    def __init__(self, store: Store, spool: Spool) -> None:
        self._store = store
        self._spool = spool
        self._odd: dict[str, list[str]] = {"nan": [], "inf": []}

    @property
    def id(self) -> str:
        """Our own id of the run."""
        return self._spool.id

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Numbers by name; NaN and infinities are counted in tags instead of sent."""
        numbers = {legal_key(key): float(value) for key, value in values.items()}
        for key, value in numbers.items():
            if not math.isfinite(value):
                self._odd["nan" if math.isnan(value) else "inf"].append(key)
        sound = {key: value for key, value in numbers.items() if math.isfinite(value)}
        if sound:
            self._spool.append("metrics", {"values": sound, "step": step or 0})

    def artifact(self, path: Path, folder: str | None) -> None:
        """A file to keep, copied at once."""
        parts = [legal_file(part) for part in PurePath(folder or "").parts]
        self._keep(path, "/".join([*parts, legal_file(path.name)]))

    def text(self, name: str, content: str) -> None:
        """A small text file to keep."""
        self._keep(content, name)

    def tags(self, values: Mapping[str, str]) -> None:
        """Words about the run."""
        if values:
            self._spool.append("tags", {"values": {legal_key(key): legal_text(text) for key, text in values.items()}})

    def dataset(
        self,
        name: str,
        digest: str,
        source: str,
        schema: Mapping[str, str],
        profile: Mapping[str, Any],
        context: str,
    ) -> None:
        """The data that was used."""
        columns = [
            {"name": column, "type": _TYPES.get(kind, kind), "required": True} for column, kind in schema.items()
        ]
        data = {"name": legal_name(name), "digest": digest, "source": source, "schema": columns}
        self._spool.append("dataset", data | {"profile": dict(profile), "context": context})

    def note(self, markdown: str) -> None:
        """The description shown at the top of the run's page."""
        self.tags({"mlflow.note.content": markdown})

    def link(self, found: FoundRun) -> None:
        """Say that an earlier run's result is used here again."""
        self.tags({f"forecastlab.reused.{found.id}": found.name})

    def present(self, words: str, views: Sequence[View], others: Mapping[str, Mapping[str, str]]) -> None:
        """What the study's own page shows, and words about further runs of the study."""
        at = time.time_ns() // 1_000_000
        told = {"mlflow.note.content": legal_text(words)[:NOTE_LENGTH]} if words else {}
        tags = told | dict(view.tag(at) for view in views)
        clean = {key: {legal_key(name): legal_text(text) for name, text in tag.items()} for key, tag in others.items()}
        self._spool.append("study", {"tags": tags, "others": clean})

    def finish(self, status: Status) -> bool:
        """The end of the run; true if it is in the store now, false if it waits for ``sync``."""
        self.end(status)
        try:
            outcome, _ = ship(self._store, self._spool.path, wait=10)
        except RefusedError as error:
            logging.getLogger(__name__).warning("the store does not take run %s: %s", self.id, error)
            return False
        except (UnreachableError, TimeoutError):
            return False
        return outcome in {"shipped", "gone"}

    def end(self, status: Status) -> Path:
        """Write the end of the run and send nothing; the path of its record."""
        self._tell_odd()
        self._spool.append("finish", {"status": status})
        self._spool.close()
        return self._spool.path

    def show(self) -> None:
        """Make the run visible in the store while it goes on, if the store is there."""
        try:
            make(self._store, self._spool.path, wait=10)
        except (UnreachableError, RefusedError, TimeoutError):
            return

    def _tell_odd(self) -> None:
        for kind, keys in self._odd.items():
            if keys:
                listed = ", ".join(dict.fromkeys(keys))
                self.tags(
                    {f"forecastlab.metrics_{kind}": str(len(keys)), f"forecastlab.metrics_{kind}_names": listed[:4000]}
                )

    def _keep(self, content: Path | str, place: str) -> None:
        self._spool.append("file", {"place": place, "size": self._spool.keep(content, place)})


def _text(value: Any) -> str:
    if isinstance(value, str):
        return legal_text(value)
    return json.dumps(value, ensure_ascii=False, default=str)
