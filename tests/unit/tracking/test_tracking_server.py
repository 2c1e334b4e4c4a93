"""A real server: away at first, started later, frozen, thawed."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest
from mlflow import MlflowClient

from forecastlab.schema import ConfigError
from forecastlab.tracking import serve, stop, sync, wait_until_ready
from forecastlab.tracking.addresses import page_of
from forecastlab.tracking.mlflow import Mlflow


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(session: int) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.add(int(path.parent.name))
    return found


def listening(processes: set[int]) -> set[str]:
    sockets = set()
    for process in processes:
        for handle in Path(f"/proc/{process}/fd").iterdir():
            sockets.add(str(handle.readlink()) if handle.is_symlink() else "")
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.add(fields[1].partition(":")[0])
    return found


def names_of(client: MlflowClient, study: str) -> list[tuple[str, str]]:
    found = client.get_experiment_by_name(study)
    assert found is not None
    return sorted((run.info.run_name, run.info.status) for run in client.search_runs([found.experiment_id]))


def test_when_the_server_is_away_frozen_and_back_then_nothing_is_lost_or_doubled(
    tracker: Mlflow, root: Path, tmp_path: Path, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    uri = f"http://127.0.0.1:{port}"
    far = Mlflow(uri=uri, root=str(tmp_path / "far"), timeout=3, catch_up=60)
    (tmp_path / "plot.svg").write_text("<svg/>")

    before = time.monotonic()
    study = far.open("away", "")
    parent = study.start("parent", None, {}, {})
    for n in range(2):
        child = study.start(f"child{n}", parent, {}, {"n": n})
        child.metrics({"m": n / 7}, step=n)
        child.artifact(tmp_path / "plot.svg", "plots")
        child.dataset("data", "digest", "source", {"y": "float"}, {}, "training")
        assert not child.finish("FINISHED")
    assert not parent.finish("FINISHED")
    assert time.monotonic() - before < 20
    assert len(caplog.records) == 1

    local = tracker.open("local", "").start("near", None, {}, {})
    local.artifact(tmp_path / "plot.svg", "plots")
    local.finish("FINISHED")
    (near,) = tracker.open("local", "").runs()

    server = serve(root, "127.0.0.1", port)
    try:
        wait_until_ready(server, "127.0.0.1", port, 180)
        processes = processes_of(server.pid)
        assert len(processes) == 1
        assert listening(processes) == {"0100007F"}  # 127.0.0.1

        report = sync(tmp_path / "far", uri)
        assert (len(report.shipped), report.complete) == (3, True)
        assert sync(tmp_path / "far", uri).shipped == ()
        client = MlflowClient(tracking_uri=uri)
        assert names_of(client, "away") == [("child0", "FINISHED"), ("child1", "FINISHED"), ("parent", "FINISHED")]
        shown = page_of(tmp_path / "far", uri, "away")[1]
        study = far.open("away", "")
        for run in study.runs():
            if run.name != "parent":
                n = int(run.params["n"])
                assert [(e.step, e.value) for e in client.get_metric_history(run.id, "m")] == [(n, n / 7)]
                assert study.fetch(run, "plots/plot.svg", tmp_path / run.name).read_text() == "<svg/>"
                assert len(client.get_run(run.id).inputs.dataset_inputs) == 1
        with urllib.request.urlopen(f"{uri}/get-artifact?path=plots/plot.svg&run_uuid={near.id}") as page:
            assert page.read() == b"<svg/>"  # the UI shows what was recorded without a server
        assert shown == f"/#/experiments/{study.id}/runs?workflowType=machine_learning"

        going = study.start("going", None, {}, {})
        os.killpg(server.pid, signal.SIGSTOP)
        before = time.monotonic()
        assert not going.finish("FINISHED")
        second = far.open("away", "")
        assert not second.start("frozen out", None, {}, {}).finish("FINISHED")
        assert time.monotonic() - before < 20  # twice the timeout, and a slow machine
        os.killpg(server.pid, signal.SIGCONT)
        assert len(sync(tmp_path / "far", uri).shipped) == 2
        assert [run for run in names_of(client, "away") if "child" not in run[0]] == [
            ("frozen out", "FINISHED"),
            ("going", "FINISHED"),
            ("parent", "FINISHED"),
        ]
    finally:
        os.killpg(server.pid, signal.SIGCONT)
        stop(server)
    assert not processes_of(server.pid)


def test_when_the_server_would_be_open_to_others_then_it_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="exposed"):
        serve(tmp_path, "0.0.0.0", 1)
