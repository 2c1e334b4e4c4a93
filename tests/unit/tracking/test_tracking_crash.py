"""Processes that die at every step of a run's way to the store."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from forecastlab.tracking import FoundRun, sync
from forecastlab.tracking._owner import this_process
from forecastlab.tracking._place import place
from forecastlab.tracking._send import study_id
from forecastlab.tracking._store import Store
from forecastlab.tracking.mlflow import Mlflow

Dying = Callable[[Callable[[], object]], int]
Die = Callable[[], None]


def whole_run(tracker: Mlflow, root: Path) -> None:
    """A parent that is finished last and a child with something of everything."""
    study = tracker.open("q", "")
    parent = study.start("parent", None, {}, {})
    child = study.start("child", parent, {"forecastlab.key": "k"}, {"a": 1})
    for step in range(3):
        child.metrics({"m": step / 3}, step=step)
    source = root.parent / "scores.txt"
    source.write_text("scores")
    child.artifact(source, None)
    child.dataset("data", "digest", "source", {}, {}, "training")
    child.finish("FINISHED")
    parent.finish("FINISHED")


def runs_of(root: Path) -> dict[str, list[FoundRun]]:
    study = Mlflow(uri=None, root=str(root), timeout=5, catch_up=0).open("q", "")
    found: dict[str, list[FoundRun]] = {}
    for run in study.runs():
        found.setdefault(run.name, []).append(run)
    return found


def assert_child_is_whole(root: Path, child: FoundRun) -> None:
    client = MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")
    assert child.status == "FINISHED"
    assert child.params == {"a": "1"}
    assert [(each.step, each.value) for each in client.get_metric_history(child.id, "m")] == [
        (0, 0.0),
        (1, 1 / 3),
        (2, 2 / 3),
    ]
    assert len(client.get_run(child.id).inputs.dataset_inputs) == 1
    assert [each.path for each in client.list_artifacts(child.id)] == ["scores.txt"]


@pytest.mark.parametrize(
    "step", ["create_run", "log_batch", "log_inputs", "log_artifacts", "set_terminated"], ids=lambda name: f"in {name}"
)
def test_when_killed_in_the_middle_of_shipping_then_sync_ships_exactly_once(
    tracker: Mlflow, root: Path, dying: Dying, die: Die, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    original = getattr(MlflowClient, step)

    def fatal(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        if step != "create_run" or kwargs["run_name"] == "child":
            die()

    monkeypatch.setattr(MlflowClient, step, fatal)
    assert dying(lambda: whole_run(tracker, root)) == signal.SIGKILL
    monkeypatch.undo()

    report = sync(root, None)
    assert len(report.shipped) == 2
    assert report.complete
    assert len(report.ended) == 1  # the parent never said how it ended
    assert sync(root, None).shipped == ()
    found = runs_of(root)
    assert {name: len(runs) for name, runs in found.items()} == {"parent": 1, "child": 1}
    assert_child_is_whole(root, found["child"][0])
    assert found["child"][0].parent == found["parent"][0].id
    assert found["parent"][0].status == "KILLED"


def test_when_killed_between_finish_and_shipping_then_sync_ships_exactly_once(
    tracker: Mlflow, root: Path, dying: Dying, die: Die, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecastlab.tracking._run.ship", lambda *args, **kwargs: die())
    assert dying(lambda: whole_run(tracker, root)) == signal.SIGKILL
    monkeypatch.undo()
    assert len(sync(root, None).shipped) == 2
    found = runs_of(root)
    assert {name: len(runs) for name, runs in found.items()} == {"parent": 1, "child": 1}
    assert_child_is_whole(root, found["child"][0])


def test_when_killed_while_the_record_is_deleted_then_nothing_is_left_or_doubled(
    tracker: Mlflow, root: Path, dying: Dying, die: Die, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecastlab.tracking._ship.shutil.rmtree", lambda *args, **kwargs: die())
    assert dying(lambda: whole_run(tracker, root)) == signal.SIGKILL
    monkeypatch.undo()
    sync(root, None)
    found = runs_of(root)
    assert {name: len(runs) for name, runs in found.items()} == {"parent": 1, "child": 1}
    assert_child_is_whole(root, found["child"][0])
    assert not list((root / "spool").iterdir())


@pytest.mark.parametrize(
    "end",
    [
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: os.kill(os.getpid(), signal.SIGTERM),
        lambda: os._exit(0),
    ],
    ids=["SIGKILL", "SIGTERM", "_exit"],
)
def test_when_the_process_dies_before_the_end_then_the_next_start_says_killed(
    tracker: Mlflow, root: Path, dying: Dying, end: Callable[[], None]
) -> None:
    def work() -> None:
        run = tracker.open("q", "").start("orphan", None, {}, {})
        run.metrics({"m": 0.5})
        assert runs_of(root)["orphan"][0].status == "RUNNING"  # its owner lives: nobody ends it
        end()

    dying(work)
    tracker.open("q", "")
    (run,) = runs_of(root)["orphan"]
    assert (run.status, run.metrics) == ("KILLED", {"m": 0.5})
    assert "died" in run.tags["forecastlab.end"]


def test_when_the_record_is_lost_too_then_the_run_is_ended_in_the_store(
    tracker: Mlflow, root: Path, dying: Dying, die: Die
) -> None:
    def work() -> None:
        tracker.open("q", "").start("orphan", None, {}, {})
        for path in (root / "spool").iterdir():
            path.unlink()
        die()

    assert dying(work) == signal.SIGKILL
    assert len(sync(root, None).ended) == 1
    assert runs_of(root)["orphan"][0].status == "KILLED"


def test_when_the_owner_is_on_another_machine_then_its_run_is_left_alone(tracker: Mlflow, root: Path) -> None:
    store = Store(place(root, None), 5)
    study = study_id(store, "q", "")
    tags = this_process().tags() | {"forecastlab.host": "elsewhere.example", "forecastlab.run": "x"}
    store.call(lambda client: client.create_run(study, run_name="far", tags=tags))
    assert sync(root, None).ended == ()
    assert runs_of(root)["far"][0].status == "RUNNING"


def test_when_a_late_request_made_a_second_run_then_one_is_left(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("q", "")
    run = study.start("twice", None, {}, {})
    store = Store(place(root, None), 5)
    tags = this_process().tags() | {"forecastlab.run": run.id}
    store.call(lambda client: client.create_run(study.id or "", run_name="twice", tags=tags))
    assert len(runs_of(root)["twice"]) == 2
    run.finish("FINISHED")
    assert [each.status for each in runs_of(root)["twice"]] == ["FINISHED"]


def test_when_a_second_run_appears_after_the_end_then_the_next_start_removes_it(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("q", "")
    run = study.start("twice", None, {}, {})
    run.finish("FINISHED")
    store = Store(place(root, None), 5)
    tags = this_process().tags() | {"forecastlab.run": run.id, "forecastlab.boot": "an earlier one"}
    store.call(lambda client: client.create_run(study.id or "", run_name="twice", tags=tags))
    sync(root, None)
    assert [each.status for each in runs_of(root)["twice"]] == ["FINISHED"]


@pytest.mark.parametrize("cut", [1, 30])
def test_when_the_last_line_is_torn_then_it_is_reported_and_the_run_not_finished(
    tracker: Mlflow, root: Path, dying: Dying, die: Die, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    monkeypatch.setattr("forecastlab.tracking._run.ship", lambda *args, **kwargs: die())

    def work() -> None:
        run = tracker.open("q", "").start("torn", None, {"forecastlab.key": "k"}, {})
        run.metrics({"m": 0.5})
        run.finish("FINISHED")

    assert dying(work) == signal.SIGKILL
    (path,) = (root / "spool").glob("*.jsonl")
    path.write_bytes(path.read_bytes()[: -1 - cut])
    report = sync(root, None)
    assert report.damaged == report.shipped == (path.stem,)
    (run,) = runs_of(root)["torn"]
    assert (run.status, run.metrics) == ("KILLED", {"m": 0.5})
    assert "torn" in run.tags["forecastlab.damaged"]


def test_when_a_middle_line_is_altered_then_the_run_counts_as_failed(
    tracker: Mlflow, root: Path, dying: Dying, die: Die, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecastlab.tracking._run.ship", lambda *args, **kwargs: die())

    def work() -> None:
        run = tracker.open("q", "").start("altered", None, {"forecastlab.key": "k"}, {})
        run.metrics({"m": 0.5})
        run.finish("FINISHED")

    assert dying(work) == signal.SIGKILL
    (path,) = (root / "spool").glob("*.jsonl")
    path.write_text(path.read_text().replace("0.5", "0.4"))
    assert sync(root, None).damaged == (path.stem,)
    (run,) = runs_of(root)["altered"]
    assert (run.status, run.metrics) == ("FAILED", {})


def test_when_nothing_of_the_record_is_whole_then_it_is_named_and_kept(tracker: Mlflow, root: Path) -> None:
    tracker.open("q", "")
    (root / "spool").mkdir(exist_ok=True)
    path = root / "spool" / "0123.jsonl"
    path.write_text("{}\n")
    report = sync(root, None)
    assert list(report.refused) == ["0123"]
    assert not report.complete
    assert path.exists()


def test_when_two_processes_sync_at_once_then_each_run_is_shipped_once(
    tracker: Mlflow, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tracker.open("q", "")
    with monkeypatch.context() as patch:
        patch.setattr("forecastlab.tracking._run.ship", lambda *args, **kwargs: ("active", None))
        patch.setattr("forecastlab.tracking._run.make", lambda *args, **kwargs: None)
        parent = study.start("parent", None, {}, {})
        for n in range(6):
            study.start(f"r{n}", parent, {}, {}).finish("FINISHED")
        parent.finish("FINISHED")
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            os._exit(bool(sync(root, None).refused))
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert sync(root, None).shipped == ()
    found = runs_of(root)
    assert sorted((name, len(runs)) for name, runs in found.items()) == [
        ("parent", 1),
        *((f"r{n}", 1) for n in range(6)),
    ]
    assert {runs[0].status for runs in found.values()} == {"FINISHED"}
    assert {found[f"r{n}"][0].parent for n in range(6)} == {found["parent"][0].id}


def test_when_the_store_refuses_one_run_then_the_others_are_shipped_and_it_is_named(
    tracker: Mlflow, root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    original = MlflowClient.log_batch

    def picky(client: MlflowClient, run_id: str, *args: Any) -> None:
        if client.get_run(run_id).info.run_name == "bad":
            raise MlflowException.invalid_parameter_value("no such thing")
        original(client, run_id, *args)

    study = tracker.open("q", "")
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_batch", picky)
        bad = study.start("bad", None, {}, {"a": 1})
        assert not bad.finish("FINISHED")
        assert study.start("good", None, {}, {"a": 1}).finish("FINISHED")
        report = sync(root, None)
        assert list(report.refused) == [bad.id]
        assert "no such thing" in report.refused[bad.id]
    assert "no such thing" in caplog.text
    assert sync(root, None).shipped == (bad.id,)
    assert {name: [run.status for run in runs] for name, runs in runs_of(root).items()} == {
        "bad": ["FINISHED"],
        "good": ["FINISHED"],
    }


def test_when_a_kept_file_is_lost_then_the_run_says_so_and_counts_as_failed(tracker: Mlflow, root: Path) -> None:
    (root.parent / "scores.txt").write_text("scores")
    run = tracker.open("q", "").start("lossy", None, {}, {})
    run.artifact(root.parent / "scores.txt", None)
    (root / "spool" / run.id / "scores.txt").write_text("sco")
    run.finish("FINISHED")
    (found,) = runs_of(root)["lossy"]
    assert (found.status, found.tags["forecastlab.lost_files"]) == ("FAILED", "scores.txt")
