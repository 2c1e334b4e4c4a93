"""Ending the runs whose process died: no run stays RUNNING without somebody who runs it."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.tracking._lock import held
from forecastlab.tracking._owner import fate, owner_of, this_process
from forecastlab.tracking._send import runs_of
from forecastlab.tracking._store import RefusedError, Store, UnreachableError

if TYPE_CHECKING:
    import mlflow.entities
    from mlflow import MlflowClient


def reap(store: Store) -> list[str]:
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
        if len(runs_of(client, found.info.experiment_id, own)) > 1:
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
