"""A study: its runs, looked up in a store that may be out of reach."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.tracking._names import legal_name
from forecastlab.tracking._run import LiveRun, begin
from forecastlab.tracking._send import study_id
from forecastlab.tracking._siblings import ship_siblings
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking.tracker import Ended, FoundRun, Run

if TYPE_CHECKING:
    import mlflow.entities
    from mlflow import MlflowClient


class LiveStudy:
    """The runs of one question, in a store that may be out of reach."""

    def __init__(self, store: Store, name: str, description: str) -> None:
        self._store = store
        self._name = legal_name(name)
        self._description = description
        self.id = self._made()

    def start(
        self, name: str, parent: Run | None, tags: Mapping[str, str], params: Mapping[str, Any], own: str = ""
    ) -> LiveRun:
        """A new run, or with the id ``own`` one that goes on; one without a parent is shown in the store at once."""
        return begin(self._store, self._name, self._description, name, parent, tags, params, own)

    def add(self, parent: Run, runs: Sequence[Ended]) -> None:
        """Record runs below ``parent`` that are over, in few messages; what is there already is left as it is."""
        paths = []
        for run in runs:
            begun = self.start(run.name, parent, run.tags, run.params, run.id)
            for step in sorted({step for _, _, step in run.metrics}):
                begun.metrics({name: value for name, value, at in run.metrics if at == step}, step)
            paths.append(begun.end(run.status))
        ship_siblings(self._store, parent.id, paths)

    def find(self, key: str) -> FoundRun | None:
        """The newest FINISHED run with this identity, or None (also when the store is out of reach)."""
        wanted = f"tags.`forecastlab.key` = '{_quotable(key)}' and attributes.status = 'FINISHED'"
        try:
            return next(iter(self._search(wanted, 1)), None)
        except (UnreachableError, RefusedError):
            return None

    def replace(self, key: str) -> None:
        """Take away the runs of this identity that failed or were killed; a store out of reach keeps them."""
        ended = " and ".join(f"attributes.status != '{status}'" for status in ("FINISHED", "RUNNING"))
        try:
            for found in self._search(f"tags.`forecastlab.key` = '{_quotable(key)}' and {ended}", None):
                self._store.call(partial(_delete, found.id))
        except (UnreachableError, RefusedError):
            return

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


def _delete(run: str, client: MlflowClient) -> None:
    client.delete_run(run)


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
