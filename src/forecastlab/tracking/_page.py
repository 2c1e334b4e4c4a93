"""The page of a whole study in the store: its description, its saved views, and words about its runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from forecastlab.tracking._story import Story

if TYPE_CHECKING:
    from mlflow import MlflowClient

STUDY, RUN = "study", "run"


def ids_of(client: MlflowClient, run: str, told: Story) -> dict[str, str]:
    """What stands in ``⟨…⟩`` → the store's id: the study, the run, and each further run of the study by its identity.

    Of several runs of one identity the newest is meant.
    """
    study = str(client.get_run(run).info.experiment_id)
    found = {STUDY: study, RUN: run}
    token = None
    while told.others:
        page = client.search_runs(
            [study],
            "tags.`forecastlab.key` LIKE '%'",
            order_by=["attributes.start_time DESC"],
            max_results=1000,
            page_token=token,
        )
        for each in page:
            key = each.data.tags["forecastlab.key"]
            if key in told.others:
                found.setdefault(key, str(each.info.run_id))
        token = page.token
        if not token:
            break
    return found


def linked(text: str, ids: Mapping[str, str]) -> str:
    """The text with the store's ids in it; what is not known is left out."""
    return re.sub(r"⟨([\w.-]+)⟩", lambda name: ids.get(name[1], ""), text) if ids else text


def send_study(client: MlflowClient, told: Story, ids: Mapping[str, str]) -> None:
    """Write the study's description and views, and the words about further runs."""
    from mlflow.entities import RunTag

    for name, text in told.study_tags.items():
        client.set_experiment_tag(ids[STUDY], name, linked(text, ids))
    for key, tags in told.others.items():
        if key in ids:
            client.log_batch(ids[key], tags=[RunTag(name, linked(text, ids)) for name, text in tags.items()])
