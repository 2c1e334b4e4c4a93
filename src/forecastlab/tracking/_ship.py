"""Shipping: a record is sent to the store so that sending it again changes nothing.

Each run carries our own id as a tag, so that a run made just before a crash is found again; metrics keep the time at
which they were written; the end is set last; only then the record is deleted.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from forecastlab.tracking._lock import held
from forecastlab.tracking._page import ids_of, linked, send_study
from forecastlab.tracking._send import runs_of, send_datasets, send_values, study_id
from forecastlab.tracking._store import Store
from forecastlab.tracking._story import Story, short_tags, story

if TYPE_CHECKING:
    from mlflow import MlflowClient

Outcome = Literal["shipped", "active", "elsewhere", "gone", "broken"]


def ship(store: Store, path: Path, wait: float) -> tuple[Outcome, Story | None]:
    """Send the run whose spool this is, wholly if it has ended. Raises UnreachableError, RefusedError, TimeoutError."""
    try:
        with held(path, wait, create=False):
            if not path.exists():
                return "gone", None
            told = story(path)
            if told is None:
                return "broken", None
            if told.place != store.place.name:
                return "elsewhere", told
            if told.status is None:
                return "active", told
            deliver(store, told, path, _made(store, told, path.parent))
            forget(path)
            return "shipped", told
    except FileNotFoundError:
        return "gone", None


def make(store: Store, path: Path, wait: float) -> str | None:
    """The store's id of the run whose spool this is, made (RUNNING) if it is not there; None if the spool is gone."""
    try:
        with held(path, wait, create=False):
            told = story(path) if path.exists() else None
            return _made(store, told, path.parent) if told else None
    except FileNotFoundError:
        return None


def deliver(store: Store, told: Story, path: Path, run: str) -> None:
    """Send all that a record holds to the store's run of that id, its end last."""
    tags, long = short_tags(told.tags)
    files = path.with_suffix("")
    if long:
        files.mkdir(exist_ok=True)
        (files / "long_tags.json").write_text(long, encoding="utf-8")
    lost = [place for place, size in told.files.items() if not _whole(files / place, size)]
    if lost:
        tags["forecastlab.lost_files"] = ", ".join(lost)[:1000]
    ids = store.call(lambda client: ids_of(client, run, told)) if told.study_tags else {}
    tags = {name: linked(text, ids) for name, text in tags.items()}
    store.call(lambda client: send_values(client, run, told, tags))
    if told.study_tags:
        store.call(lambda client: send_study(client, told, ids))
    if told.datasets:
        store.call(lambda client: send_datasets(client, run, told))
    if files.is_dir() and any(files.iterdir()):
        store.call(lambda client: client.log_artifacts(run, str(files)))
    status = "FAILED" if lost and told.status == "FINISHED" else told.status
    store.call(lambda client: client.set_terminated(run, status, told.end))


def forget(path: Path) -> None:
    """Delete a record that was delivered."""
    path.unlink()
    shutil.rmtree(path.with_suffix(""), ignore_errors=True)


def first_tags(told: Story, parent: str | None) -> dict[str, str]:
    """The tags that a run is made with: by them it is found again, and its place in the tree is known."""
    return {
        "forecastlab.run": told.id,
        "mlflow.source.name": "forecastlab",
        "mlflow.source.type": "LOCAL",
        **told.owner.tags(),
        **({"mlflow.parentRunId": parent} if parent else {}),
    }


def _made(store: Store, told: Story, folder: Path) -> str:
    study = study_id(store, told.study, told.description)
    parent = _parent(store, told, folder, study) if told.parent else None
    tags = first_tags(told, parent)

    def step(client: MlflowClient) -> str:
        found = runs_of(client, study, told.id)
        if not found:
            client.create_run(study, start_time=told.start, run_name=told.name, tags=tags)
            found = runs_of(client, study, told.id)
        for double in found[1:]:  # a request that timed out here but was served later
            client.delete_run(double)
        return found[0]

    return store.call(step)


def _parent(store: Store, told: Story, folder: Path, study: str) -> str | None:
    parent = told.parent or ""
    known = store.call(lambda client: runs_of(client, study, parent))
    return known[0] if known else make(store, folder / f"{parent}.jsonl", wait=30)


def _whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
