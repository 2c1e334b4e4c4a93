"""The MLflow pages over a store, for this machine only unless that is wished otherwise."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from forecastlab.schema import ConfigError, EnvironmentFault, Fault
from forecastlab.tracking._application import settings
from forecastlab.tracking._place import place
from forecastlab.tracking._store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FURTHER = 50
"""Ports after the wanted one that are tried where it is taken."""


def serve(
    root: str | Path,
    host: str,
    port: int,
    exposed: bool = False,
    hosts: str = "",
    uri: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start the pages over the store under ``root`` (or at ``uri``), as one process; ``stop`` ends it.

    Any host but loopback needs ``exposed``: the pages ask nobody for a password. ``hosts`` are further names, with
    commas between them, by which they may be asked for. Raises ConfigError, EnvironmentFault for a broken store.
    """
    check_host(host, exposed)
    here = place(root, uri)
    Store(here, 30).call(lambda client: client.search_experiments(max_results=1))  # makes the store if there is none
    names = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", *([] if host in LOOPBACK else [host]))]
    names += [name.strip() for name in hosts.split(",") if name.strip()]
    asked = settings(
        here.url,
        str(here.root / "artifacts"),
        ",".join(f"http://{name}" for name in names if "*" not in name),
        ",".join(names),
    )
    command = [sys.executable, "-m", "uvicorn", "forecastlab.tracking._application:application", "--factory"]
    command += ["--host", host, "--port", str(port), "--log-level", "warning"]
    quiet = {"PYTHONWARNINGS": "ignore"}  # of MLflow's own libraries, which no user can mend
    return subprocess.Popen(command, env=os.environ | asked | quiet, start_new_session=True)


def check_host(host: str, exposed: bool) -> None:
    """Raise ConfigError for a host that others can reach, unless that is wished."""
    if host not in LOOPBACK and not exposed:
        fix = "leave it at 127.0.0.1, or add expose=true in a network where everybody may do that"
        raise ConfigError(Fault("exposed", "host", f"found {host!r}: others could read and delete all runs", fix))


def free_port(host: str, wanted: int, or_next: bool) -> int:
    """The wanted port, or where it is taken and ``or_next`` allows it the next free one. Raises EnvironmentFault."""
    for port in range(wanted, wanted + (FURTHER if or_next else 1)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    what = f"{wanted} is taken" if not or_next else f"{wanted} and the {FURTHER - 1} after it are taken"
    raise EnvironmentFault(Fault("port-taken", "port", f"found {what}", "leave it out, or name another: port=5100"))


def wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int, seconds: float) -> None:
    """Return when the server answers. Raises EnvironmentFault when it ends or is silent for too long."""
    limit = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"http://{_asked(host)}:{port}/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise EnvironmentFault(
        Fault("no-server", "tracking", f"the server on port {port} did not start", "try another port")
    )


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _asked(host: str) -> str:
    """Where a server that listens on this host is asked from here."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)
