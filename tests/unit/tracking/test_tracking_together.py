"""Eight processes from nothing, on one store that a ninth had half made when it was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mlflow import MlflowClient

PROGRAM = """
import multiprocessing, sys, warnings
warnings.simplefilter("ignore")
import mlflow.store.tracking.sqlalchemy_store  # once for all: the eight then meet within milliseconds
from forecastlab.tracking.mlflow import Mlflow

def work(number, start):
    start.wait()
    study = Mlflow(uri=None, root=sys.argv[1], timeout=5, catch_up=10).open("together", "")
    parent = study.start(f"parent{number}", None, {}, {})
    child = study.start(f"child{number}", parent, {}, {"n": number})
    child.metrics({"m": number / 7})
    sys.exit(0 if child.finish("FINISHED") and parent.finish("FINISHED") else 1)

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    start = context.Barrier(8)
    workers = [context.Process(target=work, args=(number, start)) for number in range(8)]
    for worker in workers: worker.start()
    for worker in workers: worker.join(120)
    print([worker.exitcode for worker in workers])
"""


def test_when_eight_processes_start_from_nothing_then_no_run_is_lost(tmp_path: Path, template: Path) -> None:
    root = tmp_path / "mlruns"
    root.mkdir()
    (root / ".mlflow.db.part").write_bytes(template.read_bytes()[:5000])
    (root / ".mlflow.db.part-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root)], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.strip() == str([0] * 8), done.stderr
    assert done.stderr == ""
    client = MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")
    study = client.get_experiment_by_name("together")
    assert study is not None
    runs = client.search_runs([study.experiment_id])
    assert sorted(run.info.run_name for run in runs) == sorted(
        f"{kind}{n}" for kind in ("parent", "child") for n in range(8)
    )
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert {run.data.params["n"]: run.data.metrics["m"] for run in runs if run.data.params} == {
        str(n): n / 7 for n in range(8)
    }
    assert sorted(path.name for path in root.iterdir()) == [".lock", "mlflow.db", "spool"]
    assert not list((root / "spool").iterdir())
