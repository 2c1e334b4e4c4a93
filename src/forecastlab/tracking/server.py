"""The MLflow UI over the local store, for this machine only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from forecastlab.schema import ConfigError, EnvironmentFault, Fault
from forecastlab.tracking._place import place
from forecastlab.tracking._store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(root: str | Path, host: str, port: int, exposed: bool = False) -> subprocess.Popen[bytes]:
    """Start the UI over the store under ``root`` with two processes; ``stop`` ends it.

    Any host but loopback needs ``exposed``: the server asks nobody for a password. Raises ConfigError.
    """
    if host not in LOOPBACK and not exposed:
        raise ConfigError(
            Fault("exposed", "host", f"found {host!r}: others could read and delete all runs", "use 127.0.0.1")
        )
    here = place(root, None)
    Store(here, 30).call(lambda client: client.search_experiments(max_results=1))  # makes the store if there is none
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", host, "--port", str(port)]
    command += ["--backend-store-uri", here.url, "--artifacts-destination", str(here.root / "artifacts")]
    programs = str(Path(sys.executable).parent)  # the server starts its worker by name
    surroundings = os.environ | {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
    }
    return subprocess.Popen(command, env=surroundings, start_new_session=True)


def wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int, seconds: float) -> None:
    """Return when the server answers. Raises EnvironmentFault when it ends or is silent for too long."""
    limit = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise EnvironmentFault(
        Fault("no-server", "tracking", f"the server on port {port} did not start", "try another port")
    )


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and its worker."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def ui_url(port: int, experiment_id: str) -> str:
    """The page that shows a study's runs as charts, without the start page in front of it."""
    return f"http://127.0.0.1:{port}/#/experiments/{experiment_id}/runs?workflowType=machine_learning&compareRunsMode=CHART"
