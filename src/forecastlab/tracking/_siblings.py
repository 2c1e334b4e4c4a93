"""Many small runs below one parent, such as the trials of a search: the store is asked once which of them it has."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.tracking._lock import held
from forecastlab.tracking._ship import deliver, first_tags, forget, make
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking._story import Story, short_tags, story

if TYPE_CHECKING:
    from mlflow import MlflowClient


def ship_siblings(store: Store, parent: str, paths: Sequence[Path]) -> None:
    """Send the ended runs whose records these are, all of them below the run with our id ``parent``.

    What cannot be sent now stays where it is and is shipped by ``sync``.
    """
    try:
        below = make(store, store.place.spool / f"{parent}.jsonl", wait=10)
        if below is None:
            return
        study = store.call(lambda client: str(client.get_run(below).info.experiment_id))
        known = _children(store, study, below)
        for path in paths:
            with held(path, 10, create=False):
                told = story(path)
                if told is not None:
                    _ship_one(store, told, path, (study, below), known)
    except (UnreachableError, RefusedError, TimeoutError, FileNotFoundError):
        return


def _ship_one(
    store: Store, told: Story, path: Path, place: tuple[str, str], known: dict[str, tuple[str, bool]]
) -> None:
    """A run that is new takes three messages; one that was begun is completed; one that has ended is left alone."""
    study, below = place
    run, ended = known.get(told.id, ("", False))
    try:
        if not run:
            tags, long = short_tags(told.tags)
            whole = first_tags(told, below) | tags
            made = store.call(
                lambda client: client.create_run(study, start_time=told.start, run_name=told.name, tags=whole)
            )
            run, told = str(made.info.run_id), told if long else replace(told, tags={})
        if not ended:
            deliver(store, told, path, run)
        forget(path)
    except RefusedError as error:
        logging.getLogger(__name__).warning("the store does not take run %s: %s", told.id, error)


def _children(store: Store, study: str, parent: str) -> dict[str, tuple[str, bool]]:
    """Our id of every run below this one → the store's id, and whether it has ended."""

    def step(client: MlflowClient) -> dict[str, tuple[str, bool]]:
        found: dict[str, tuple[str, bool]] = {}
        token = None
        while True:
            page = client.search_runs(
                [study], f"tags.`mlflow.parentRunId` = '{parent}'", max_results=1000, page_token=token
            )
            for run in page:
                own = run.data.tags.get("forecastlab.run", "")
                found[own] = (str(run.info.run_id), run.info.status != "RUNNING")
            token = page.token
            if not token:
                return found

    return store.call(step)
