"""What is said to the store: each function is one message, or a few that may be repeated without harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from forecastlab.tracking._names import legal_text, slug
from forecastlab.tracking._place import Place
from forecastlab.tracking._store import Store
from forecastlab.tracking._story import Story

if TYPE_CHECKING:
    from mlflow import MlflowClient

METRICS, OTHERS = 800, 100
"""Metrics, and parameters and tags each, in one message: 1,000 together are allowed."""


def study_id(store: Store, name: str, description: str) -> str:
    """The store's id of a study, made if it is new. Raises UnreachableError, RefusedError."""

    def step(client: MlflowClient) -> str:
        from mlflow.exceptions import MlflowException

        found = client.get_experiment_by_name(name)
        if found is None:
            tags = {"forecastlab.made": "true", "mlflow.note.content": legal_text(description)[:20_000]}
            try:
                return str(client.create_experiment(name, _location(store.place, name), tags))
            except MlflowException:
                found = client.get_experiment_by_name(name)  # another process was quicker
                if found is None:
                    raise
        if found.lifecycle_stage != "active":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)

    return store.call(step)


def _location(place: Place, name: str) -> str | None:
    return None if place.served else (place.root / "artifacts" / slug(name)).as_uri()


def runs_of(client: MlflowClient, study: str, run: str) -> list[str]:
    """The store's ids of the runs that carry our id; more than one only after a request that was given up here."""
    found = client.search_runs([study], f"tags.`forecastlab.run` = '{run}'", order_by=["attributes.start_time ASC"])
    return sorted(str(each.info.run_id) for each in found)


def send_values(client: MlflowClient, run: str, told: Story, tags: dict[str, str]) -> None:
    """Parameters, tags and metrics, in as few messages as the store allows."""
    from mlflow.entities import Metric, Param, RunTag

    metrics = [Metric(key, value, at, step) for key, value, at, step in told.metrics]
    params = [Param(key, value) for key, value in told.params.items()]
    words = [RunTag(key, value) for key, value in tags.items()]
    for part in _chunks(len(metrics), len(params), len(words)):
        client.log_batch(run, metrics[part[0]], params[part[1]], words[part[2]])


def send_datasets(client: MlflowClient, run: str, told: Story) -> None:
    """The data that the run used."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(
            Dataset(
                name=data["name"],
                digest=data["digest"][:36],
                source_type="forecastlab",
                source=json.dumps({"uri": data["source"]}),
                schema=json.dumps({"mlflow_colspec": data["schema"]}),
                profile=json.dumps(data["profile"] | {"fingerprint": data["digest"]}),
            ),
            [InputTag("mlflow.data.context", data["context"])],
        )
        for data in told.datasets
    ]
    client.log_inputs(run, inputs)


def _chunks(metrics: int, params: int, tags: int) -> Iterator[tuple[slice, slice, slice]]:
    count = max(-(-metrics // METRICS), -(-params // OTHERS), -(-tags // OTHERS))
    for n in range(count):
        others = slice(n * OTHERS, (n + 1) * OTHERS)
        yield slice(n * METRICS, (n + 1) * METRICS), others, others
