from __future__ import annotations

import http.server
import json
import re
import sqlite3
import threading
from pathlib import Path

import pytest
from mlflow import MlflowClient

from forecastlab.schema import ConfigError, EnvironmentFault
from forecastlab.tracking import sync
from forecastlab.tracking.addresses import page_of
from forecastlab.tracking.mlflow import Mlflow
from forecastlab.tracking.tracker import Status


def client_of(root: Path) -> MlflowClient:
    return MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")


def test_when_a_run_is_finished_then_the_store_holds_what_was_recorded(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("question", "Which method?")
    parent = study.start("parent", None, {}, {})
    child = study.start("xgboost", parent, {"forecastlab.key": "k1"}, {"model": "xgboost", "none": None, "l": [1, 2.5]})
    child.metrics({"wape.select": 0.1 + 0.2, "tiny": 5e-324})
    for fold in range(3):
        child.metrics({"wape.select.fold": fold / 7}, step=fold)
    child.dataset("journey", "f" * 64, "package", {"amount": "int"}, {"rows": 3}, "training")
    child.note("# Note")
    assert child.finish("FINISHED")
    assert parent.finish("FAILED")

    store = client_of(root)
    assert study.id is not None
    found = {run.info.run_name: run for run in store.search_runs([study.id])}
    run = found["xgboost"]
    assert run.info.status == "FINISHED"
    assert found["parent"].info.status == "FAILED"
    assert run.data.tags["mlflow.parentRunId"] == found["parent"].info.run_id
    assert run.data.tags["mlflow.note.content"] == "# Note"
    assert run.data.params == {"model": "xgboost", "none": "null", "l": "[1, 2.5]"}
    assert run.data.metrics == {"wape.select": 0.1 + 0.2, "tiny": 5e-324, "wape.select.fold": 2 / 7}
    history = store.get_metric_history(run.info.run_id, "wape.select.fold")
    assert [(point.step, point.value) for point in history] == [(0, 0.0), (1, 1 / 7), (2, 2 / 7)]
    (used,) = run.inputs.dataset_inputs
    assert (used.dataset.name, used.tags[0].value) == ("journey", "training")
    assert json.loads(used.dataset.profile) == {"rows": 3, "fingerprint": "f" * 64}
    assert store.get_experiment(study.id).tags["mlflow.note.content"] == "Which method?"
    assert not list((root / "spool").iterdir())


def test_when_a_question_is_asked_again_then_runs_of_it_that_failed_are_replaced_and_no_others(tracker: Mlflow) -> None:
    study = tracker.open("again", "")
    parent = study.start("parent", None, {}, {})
    ends: list[tuple[str, str, Status]] = [("a", "k1", "FAILED"), ("b", "k1", "KILLED"), ("c", "k1", "FINISHED")]
    for name, key, status in (*ends, ("d", "k2", "FAILED")):
        assert study.start(name, parent, {"forecastlab.key": key}, {}).finish(status)
    study.replace("k1")
    assert sorted((run.name, run.status) for run in study.runs()) == [
        ("c", "FINISHED"),
        ("d", "FAILED"),
        ("parent", "RUNNING"),
    ]
    parent.finish("FINISHED")


def test_when_there_are_more_values_than_fit_a_message_then_all_arrive(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("many", "")
    params = {f"p{n}": n for n in range(230)}
    run = study.start("wide", None, {f"t{n}": str(n) for n in range(120)}, params)
    values = {f"m{n}": n / 3 for n in range(2100)}
    run.metrics(values)
    assert run.finish("FINISHED")
    (found,) = study.runs()
    assert found.metrics == values
    assert found.params == {key: str(value) for key, value in params.items()}
    assert {f"t{n}" for n in range(120)} <= set(found.tags)


def test_when_values_are_too_long_then_they_are_kept_whole_as_files(tracker: Mlflow, tmp_path: Path) -> None:
    study = tracker.open("long", "")
    run = study.start("long", None, {"forecastlab.key": "k"}, {"query": "x" * 7000})
    run.note("y" * 9000)
    assert run.finish("FINISHED")
    found = study.find("k")
    assert found is not None
    assert found.params["query"] == "long_params.json (7000 characters)"
    assert json.loads(study.fetch(found, "long_params.json", tmp_path).read_text()) == {"query": "x" * 7000}
    notes = json.loads(study.fetch(found, "long_tags.json", tmp_path).read_text())
    assert notes == {"mlflow.note.content": "y" * 9000}


def test_when_metrics_are_not_finite_then_they_are_counted_not_sent(tracker: Mlflow) -> None:
    study = tracker.open("odd", "")
    run = study.start("odd", None, {}, {})
    run.metrics({"a": float("nan"), "b": float("inf"), "c": 1.0})
    run.metrics({"a": float("nan"), "d": float("-inf")})
    run.finish("FINISHED")
    (found,) = study.runs()
    assert found.metrics == {"c": 1.0}
    assert (found.tags["forecastlab.metrics_nan"], found.tags["forecastlab.metrics_inf"]) == ("2", "2")
    assert found.tags["forecastlab.metrics_inf_names"] == "b, d"


def test_when_only_unfinished_or_failed_runs_have_the_key_then_nothing_is_found(tracker: Mlflow) -> None:
    study = tracker.open("reuse", "")
    going = study.start("going", None, {"forecastlab.key": "k"}, {})
    study.start("failed", None, {"forecastlab.key": "k"}, {}).finish("FAILED")
    assert study.find("k") is None
    going.finish("FINISHED")
    found = study.find("k")
    assert found is not None
    assert found.name == "going"
    again = study.start("again", None, {}, {})
    again.link(found)
    again.finish("FINISHED")
    assert study.runs()[0].tags[f"forecastlab.reused.{found.id}"] == "going"
    assert tracker.open("another study", "").find("k") is None


def test_when_artifacts_have_hostile_names_then_all_stay_inside_the_run(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("../../evil study\x00", "")
    run = study.start("../../evil", None, {"a@b": "c\0d"}, {"x=[y]": "\ud800"})
    for name in ("a#b%2e.txt", "..hidden", "ü 1.txt"):
        (root.parent / name).write_text(name)
        run.artifact(root.parent / name, "../../etc")
    before = {path for path in root.parent.rglob("*") if root not in path.parents}
    assert run.finish("FINISHED")
    assert {path for path in root.parent.rglob("*") if root not in path.parents} == before
    (found,) = study.runs()
    assert re.fullmatch("-[.][.]-evil~[0-9a-f]{8}", found.name)
    assert found.params == {"x_x3D__x5B_y_x5D_": "\\ud800"}
    kept = sorted(path.read_text() for path in (root / "artifacts").rglob("*") if path.is_file())
    assert kept == ["..hidden", "a#b%2e.txt", "ü 1.txt"]


def test_when_a_study_was_deleted_then_a_new_run_brings_it_back(tracker: Mlflow, root: Path) -> None:
    study = tracker.open("gone", "")
    client_of(root).delete_experiment(study.id)
    again = tracker.open("gone", "")
    assert again.id == study.id
    assert again.start("r", None, {}, {}).finish("FINISHED")


def test_when_the_store_is_broken_then_one_clear_fault_is_raised(tracker: Mlflow, root: Path) -> None:
    (root / "mlflow.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(EnvironmentFault, match="broken-store"):
        tracker.open("q", "")


def test_when_the_store_is_of_another_version_then_the_fault_says_what_to_do(tracker: Mlflow, root: Path) -> None:
    with sqlite3.connect(root / "mlflow.db") as connection:
        connection.execute("update alembic_version set version_num = '451aebb31d03'")
    connection.close()
    with pytest.raises(EnvironmentFault, match="mlflow db upgrade"):
        tracker.open("q", "")


def test_when_the_server_is_down_then_work_goes_on_and_one_warning_is_given(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = Mlflow(uri="http://me:secret@127.0.0.1:9", root=str(root), timeout=1, catch_up=1)
    study = away.open("q", "")
    for n in range(5):
        run = study.start(f"r{n}", None, {"forecastlab.key": "k"}, {})
        run.metrics({"m": 1.0})
        assert not run.finish("FINISHED")
    assert study.find("k") is None
    with pytest.raises(EnvironmentFault, match="no-store"):
        study.runs()
    (warning,) = caplog.messages
    assert warning.endswith("Connection refused")
    assert "secret" not in caplog.text
    assert len(list((root / "spool").glob("*.jsonl"))) == 5
    assert "secret" not in "".join(path.read_text() for path in (root / "spool").glob("*.jsonl"))
    assert len(sync(root, None).elsewhere) == 5


def test_when_another_server_answers_then_it_counts_as_down(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Deaf(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Deaf) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        uri = f"http://127.0.0.1:{server.server_port}"
        study = Mlflow(uri=uri, root=str(root), timeout=2, catch_up=1).open("q", "")
        for n in range(3):
            assert not study.start(f"r{n}", None, {}, {}).finish("FINISHED")
        report = sync(root, uri)
        server.shutdown()
    assert (len(report.left), report.refused) == (3, {})
    assert "404" in report.unreachable
    assert len(caplog.records) == 2  # one of the process, one of sync


def test_when_a_page_of_an_unknown_study_is_asked_for_then_the_config_is_wrong_and_not_the_store(
    tracker: Mlflow, root: Path
) -> None:
    tracker.open("weekly", "")
    with pytest.raises(ConfigError, match=r"^unknown-study: .*there are weekly\. did you mean weekly\?$"):
        page_of(root, None, "weakly")
    with pytest.raises(ConfigError, match=r"run one first: forecastlab run study=NAME\.$"):
        page_of(root, None, "other")
