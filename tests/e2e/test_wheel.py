"""What is shipped works alone: the wheel and the locked libraries in an environment of their own, an empty folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from debian import without

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ASK = ("dataset=cdnow", "model=naive", "segmentation=none", "backtest.select=1", "backtest.test=1", "tracking=none")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of this checkout without any network."""
    place = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = place.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of programs of a new environment that holds the locked libraries and the wheel, nothing else."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    pip = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(place / "bin/python"), "--compile-bytecode"]
    subprocess.run([str(BIN / "uv"), "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    words = [*pip, "--require-hashes", "-r", str(ROOT / "requirements/demo.lock")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = f"the locked libraries cannot be fetched here: {done.stderr.strip()[-300:]}"
        without(reason)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    yield place / "bin"
    shutil.rmtree(place)  # a gigabyte


def call(program: Path, place: Path, *words: str) -> str:
    environment = {"PATH": f"{program}:/usr/bin:/bin", "HOME": str(place), "COLUMNS": "120"}
    done = subprocess.run(
        [str(program / "forecastlab"), *words], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_when_the_wheel_is_opened_then_it_holds_code_configs_and_experiments_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {"/".join(name.split("/")[:2]) if ".dist-info" not in name else "dist-info" for name in names}
    for folder in ("conf", "experiments"):
        there = {f"forecastlab/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*.yaml")}
        assert there and there <= {*names}
    source = {f"forecastlab/{path.relative_to(ROOT / 'src/forecastlab')}" for path in ROOT.glob("src/**/*.py")}
    assert source == {name for name in names if name.endswith(".py")}
    assert not [name for name in names if "__pycache__" in name or "mlruns" in name or "tests" in name]
    assert {"forecastlab/conf", "forecastlab/experiments", "dist-info"} <= tops


def test_when_the_wheel_is_installed_then_it_answers_as_the_checkout_does(installed: Path, tmp_path: Path) -> None:
    empty, beside = tmp_path / "empty", tmp_path / "beside"
    empty.mkdir()
    beside.mkdir()
    assert "quickstart" in call(installed, empty, "list")
    assert "question: " in call(installed, empty, "run", "+experiments=quickstart", "model=naive", "--cfg", "job")
    assert call(installed, empty, "complete", "zsh", "forecastlab run +experiments=quick").split()
    boards, forecasts = [], []
    for program, place in ((installed, empty), (BIN, beside)):
        call(program, place, "run", *ASK)
        study = place / "mlruns/studies/cdnow"
        boards.append(pd.read_csv(study / "leaderboard.csv").drop(columns="seconds"))
        (run,) = study.glob("runs/naive-*")
        forecasts.append(pd.read_parquet(run / "forecasts.parquet"))
    pd.testing.assert_frame_equal(*boards, check_exact=True)
    pd.testing.assert_frame_equal(*forecasts, check_exact=True)
    assert sorted(path.name for path in empty.iterdir() if not path.name.startswith(".")) == ["mlruns"]


def test_when_a_champion_is_served_then_the_wheel_alone_answers_over_http_without_pickle(
    installed: Path, tmp_path: Path
) -> None:
    """Registered, promoted and served by the installed programs, in an environment that has nothing else."""
    asked = [word if word != "tracking=none" else "study=shop" for word in ASK]
    call(installed, tmp_path, "run", *asked)
    call(installed, tmp_path, "register", "study=shop")
    call(installed, tmp_path, "promote", "model=shop", "--force", "one test fold of a naive method passes no gate")
    call(installed, tmp_path, "predict", "model=shop", "mode=stored", "horizon=3", "out=told.parquet")
    told = pd.read_parquet(tmp_path / "told.parquet")
    files = {path.suffix for path in tmp_path.glob("mlruns/artifacts/**/*") if path.is_file()}
    assert not files & {".pkl", ".py", ".joblib", ".cloudpickle"}
    with served(installed, tmp_path) as port:
        code, answer = post(port, {"dataframe_records": [{}], "params": {"horizon": 3}})
        assert code == 200, answer
        frame = pd.DataFrame(answer["predictions"])
        assert frame["unique_id"].tolist() == told["unique_id"].tolist()
        for column in ["yhat", *[name for name in told if name.startswith("q0.")]]:
            assert frame[column].tolist() == told[column].tolist(), column  # JSON holds every bit of a double
        for wrong in ({"horizn": 3}, {"horizon": 3, "mode": "refit"}, {"horizon": 0}, {}):
            code, answer = post(port, {"dataframe_records": [{}], "params": wrong})
            assert code == 400, wrong
        code, answer = post(port, {"dataframe_records": [{"holidays.days": 1}], "params": {"horizon": 3}})
        assert code == 400 and "unknown-input" in json.dumps(answer)


@contextlib.contextmanager
def served(program: Path, place: Path) -> Iterator[int]:
    """``mlflow models serve`` of the champion on this machine; the port that it answers on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["models", "serve", "-m", "models:/shop@champion", "--env-manager", "local", "--host", "127.0.0.1"]
    environment = {
        "PATH": f"{program}:/usr/bin:/bin",
        "HOME": str(place),
        "MLFLOW_TRACKING_URI": f"sqlite:///{place}/mlruns/mlflow.db",
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    log = (place / "serve.log").open("wb")
    server = subprocess.Popen(
        [str(program / "mlflow"), *words, "--port", str(port)],
        cwd=place, env=environment, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        limit = time.monotonic() + 180
        while not ready(port):
            assert server.poll() is None and time.monotonic() < limit, (place / "serve.log").read_text()
            time.sleep(0.2)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        log.close()


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def post(port: int, body: dict[str, Any]) -> tuple[int, Any]:
    url, head = f"http://127.0.0.1:{port}/invocations", {"Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), head), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
