"""Many small runs below one parent: recorded in one go, and once."""

from __future__ import annotations

from pathlib import Path

from mlflow import MlflowClient

from forecastlab.tracking import sync
from forecastlab.tracking.mlflow import Mlflow
from forecastlab.tracking.tracker import Ended


def trial(index: int, state: str = "FINISHED") -> Ended:
    losses = [("loss", (index + fold) / 7, fold) for fold in range(3)]
    return Ended(f"{index:032x}", f"trial {index:03d}", state, {"state": "x"}, {"model.depth": index}, losses)  # type: ignore[arg-type]


def client_of(root: Path) -> MlflowClient:
    return MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")


def children(root: Path) -> dict[str, object]:
    client = client_of(root)
    study = client.get_experiment_by_name("hunt")
    assert study is not None
    return {run.info.run_name: run for run in client.search_runs([study.experiment_id]) if "trial" in run.info.run_name}


def test_when_runs_are_added_then_the_store_has_each_below_its_parent(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("hunt", "")
    parent = study.start("search", None, {}, {})
    study.add(parent, [trial(0), trial(1, "FAILED"), trial(2, "KILLED")])
    found = children(root)
    assert {name: run.info.status for name, run in found.items()} == {
        "trial 000": "FINISHED",
        "trial 001": "FAILED",
        "trial 002": "KILLED",
    }
    assert parent.finish("FINISHED")
    search = next(run for run in study.runs() if run.name == "search")
    assert {run.data.tags["mlflow.parentRunId"] for run in found.values()} == {search.id}
    last = found["trial 002"]
    assert last.data.params == {"model.depth": "2"} and last.data.tags["state"] == "x"
    history = client_of(root).get_metric_history(last.info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(0, 2 / 7), (1, 3 / 7), (2, 4 / 7)]
    assert not list((root / "spool").iterdir())


def test_when_a_run_is_added_again_then_nothing_is_doubled(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("hunt", "")
    parent = study.start("search", None, {}, {})
    study.add(parent, [trial(0)])
    study.add(parent, [trial(0), trial(1)])
    found = children(root)
    assert len(study.runs()) == 3
    assert len(client_of(root).get_metric_history(found["trial 000"].info.run_id, "loss")) == 3
    assert parent.finish("FINISHED")


def test_when_a_search_goes_on_then_its_run_is_the_same(tracker: Mlflow) -> None:
    study = tracker.open("hunt", "")
    for first in (0, 1):
        parent = study.start("search", None, {}, {"sampler": "tpe"}, "a" * 32)
        study.add(parent, [trial(first)])
        parent.metrics({"n_trials": first + 1})
        assert parent.finish("FINISHED")
    (search,) = [run for run in study.runs() if run.name == "search"]
    assert search.metrics["n_trials"] == 2
    assert [run.parent for run in study.runs() if run.name != "search"] == [search.id] * 2


def test_when_the_store_is_away_then_sync_sends_the_runs_later(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("hunt", "")
    parent = study.start("search", None, {}, {})
    study._store.down = "nobody answers"  # type: ignore[attr-defined]
    study.add(parent, [trial(0), trial(1)])
    assert not parent.finish("FINISHED")
    assert len(list((root / "spool").glob("*.jsonl"))) == 3
    assert len(sync(root, None).shipped) == 3
    assert sorted(children(root)) == ["trial 000", "trial 001"]
    assert not sync(root, None).shipped
