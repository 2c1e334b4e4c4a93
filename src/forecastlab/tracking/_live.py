"""A study and a run while they are being recorded."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.tracking._names import legal_file, legal_key, legal_name, legal_text
from forecastlab.tracking._owner import this_process
from forecastlab.tracking._ship import make, ship, study_id
from forecastlab.tracking._spool import Spool
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking.tracker import FoundRun, Run, Status

if TYPE_CHECKING:
    import mlflow.entities
    from mlflow import MlflowClient

PARAM_LENGTH = 500
_TYPES = {"int": "long", "float": "double", "bool": "boolean", "datetime": "datetime", "str": "string"}


class LiveStudy:
    """The runs of one question, in a store that may be out of reach."""

    def __init__(self, store: Store, name: str, description: str) -> None:
        self._store = store
        self._name = legal_name(name)
        self._description = description
        self.id = self._made()

    def start(self, name: str, parent: Run | None, tags: Mapping[str, str], params: Mapping[str, Any]) -> LiveRun:
        """A new run; one without a parent is shown in the store at once."""
        texts = {legal_key(key): _text(value) for key, value in params.items()}
        long = {key: text for key, text in texts.items() if len(text) > PARAM_LENGTH}
        short = {key: f"long_params.json ({len(text)} characters)" for key, text in long.items()}
        spool = Spool(
            self._store.place.spool,
            {
                "study": self._name,
                "description": self._description,
                "place": self._store.place.name,
                "name": legal_name(name),
                "parent": parent.id if parent else None,
                "owner": asdict(this_process()),
                "params": texts | short,
            },
        )
        run = LiveRun(self._store, spool)
        run.tags(tags)
        if long:
            run.text("long_params.json", json.dumps(long, ensure_ascii=False, indent=1))
        if parent is None:
            run.show()
        return run

    def find(self, key: str) -> FoundRun | None:
        """The newest FINISHED run with this identity, or None (also when the store is out of reach)."""
        wanted = f"tags.`forecastlab.key` = '{_quotable(key)}' and attributes.status = 'FINISHED'"
        try:
            return next(iter(self._search(wanted, 1)), None)
        except (UnreachableError, RefusedError):
            return None

    def runs(self) -> tuple[FoundRun, ...]:
        """All runs of the study, newest first. Raises EnvironmentFault when the store is out of reach."""
        try:
            return self._search("", None)
        except (UnreachableError, RefusedError) as error:
            raise _out_of_reach(error) from error

    def fetch(self, found: FoundRun, artifact: str, target: Path) -> Path:
        """Copy one kept file into the folder ``target``. Raises EnvironmentFault when it cannot be had."""
        target.mkdir(parents=True, exist_ok=True)
        try:
            return Path(self._store.call(lambda client: client.download_artifacts(found.id, artifact, str(target))))
        except (UnreachableError, RefusedError) as error:
            raise _out_of_reach(error) from error

    def _made(self) -> str | None:
        try:
            return study_id(self._store, self._name, self._description)
        except UnreachableError:
            return None  # the store has said so
        except RefusedError as error:
            logging.getLogger(__name__).warning("the store does not take study %s: %s", self._name, error)
            return None

    def _search(self, wanted: str, limit: int | None) -> tuple[FoundRun, ...]:
        study = self.id
        if study is None:
            raise UnreachableError(self._store.down)

        def step(client: MlflowClient) -> tuple[FoundRun, ...]:
            found: list[FoundRun] = []
            token = None
            while True:
                page = client.search_runs([study], wanted, max_results=limit or 1000, page_token=token)
                found += map(_found, page)
                token = page.token
                if limit or not token:
                    return tuple(found)

        return self._store.call(step)


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

    def finish(self, status: Status) -> bool:
        """The end of the run; true if it is in the store now, false if it waits for ``sync``."""
        for kind, keys in self._odd.items():
            if keys:
                listed = ", ".join(dict.fromkeys(keys))
                self.tags(
                    {f"forecastlab.metrics_{kind}": str(len(keys)), f"forecastlab.metrics_{kind}_names": listed[:4000]}
                )
        self._spool.append("finish", {"status": status})
        self._spool.close()
        try:
            outcome, _ = ship(self._store, self._spool.path, wait=10)
        except RefusedError as error:
            logging.getLogger(__name__).warning("the store does not take run %s: %s", self.id, error)
            return False
        except (UnreachableError, TimeoutError):
            return False
        return outcome in {"shipped", "gone"}

    def show(self) -> None:
        """Make the run visible in the store while it goes on, if the store is there."""
        try:
            make(self._store, self._spool.path, wait=10)
        except (UnreachableError, RefusedError, TimeoutError):
            return

    def _keep(self, content: Path | str, place: str) -> None:
        self._spool.append("file", {"place": place, "size": self._spool.keep(content, place)})


def _text(value: Any) -> str:
    if isinstance(value, str):
        return legal_text(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _quotable(key: str) -> str:
    if not key.isascii() or not key.isprintable() or "'" in key:
        raise ValueError("a key is made of plain characters without quotes")
    return key


def _found(run: mlflow.entities.Run) -> FoundRun:
    tags = dict(run.data.tags)
    return FoundRun(
        id=run.info.run_id,
        name=run.info.run_name,
        status=run.info.status,
        key=tags.get("forecastlab.key", ""),
        parent=tags.get("mlflow.parentRunId"),
        metrics=dict(run.data.metrics),
        params=dict(run.data.params),
        tags=tags,
    )


def _out_of_reach(error: Exception) -> EnvironmentFault:
    return EnvironmentFault(
        Fault("no-store", "tracking.uri", f"the store gives no answer: {error}", "start the server")
    )
