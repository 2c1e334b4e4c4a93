"""Where a study is looked at: the address of its page in MLflow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.schema import ConfigError, EnvironmentFault, Fault, nearest
from forecastlab.tracking._names import legal_name
from forecastlab.tracking._place import place, without_password
from forecastlab.tracking._store import RefusedError, Store, UnreachableError
from forecastlab.tracking.views import TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

FIRST_VIEW = "leaderboard"
PATIENCE = 30
RUN_ONE = "run one first: forecastlab run study=NAME"


def page_of(root: str | Path, uri: str | None, study: str | None) -> tuple[str, str]:
    """The study of that name, or the one with the newest run, and its page's address behind the server's own.

    The name and the page are empty where nothing was recorded yet. Raises ConfigError for a study that is not there,
    EnvironmentFault for a store that does not answer.
    """
    store = Store(place(root, uri), PATIENCE)
    try:
        return store.call(lambda client: _page(client, study))
    except (UnreachableError, RefusedError) as error:
        where = without_password(store.place.url)
        raise EnvironmentFault(
            Fault("no-store", "tracking.uri", f"{where} gives no answer: {error}", "start the server")
        ) from error


def _page(client: MlflowClient, study: str | None) -> tuple[str, str]:
    there = {each.name: each for each in client.search_experiments(filter_string="tags.`forecastlab.made` = 'true'")}
    if study is not None:
        name = legal_name(study)
        if name not in there:
            what = f"there is no study {study} in the store, there are {', '.join(sorted(there)) or 'none'}"
            raise ConfigError(Fault("unknown-study", "study", what, nearest(study, list(there)) or RUN_ONE))
        return name, page(there[name].experiment_id, FIRST_VIEW if f"{TAG}{FIRST_VIEW}" in there[name].tags else "")
    if not there:
        return "", ""
    ids = {each.experiment_id: each for each in there.values()}
    newest = client.search_runs(list(ids), order_by=["attributes.start_time DESC"], max_results=1)
    chosen = ids[newest[0].info.experiment_id] if newest else next(iter(there.values()))
    return str(chosen.name), page(chosen.experiment_id, FIRST_VIEW if f"{TAG}{FIRST_VIEW}" in chosen.tags else "")


def page(study: str, view: str) -> str:
    """The page of the store's study of that id, in a saved view (or none), with its charts beside the runs."""
    shown = f"&viewStateShareKey={view}" if view else ""
    return f"/#/experiments/{study}/runs?workflowType=machine_learning{shown}"
