"""Optuna's own dashboard shows a search: its storages are those that Optuna's users know."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from searches import TRIALS, Nursery, Peace


def ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as reply:
        return json.load(reply)


@contextlib.contextmanager
def dashboard(storage: str, log: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["--host", "127.0.0.1", "--port", str(port), "--server", "wsgiref", storage]
    with log.open("wb") as file:
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name("optuna-dashboard")), *words], stdout=file, stderr=file
        )
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end and server.poll() is None:
            with contextlib.suppress(urllib.error.URLError):
                ask(f"http://127.0.0.1:{port}/api/studies")
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/api"
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize("storage", ["journal", "sqlite"])
def test_when_the_dashboard_opens_a_search_then_it_shows_every_trial(
    born: Nursery, peace: Peace, storage: str, tmp_path: Path
) -> None:
    born.finish(f"seen-{storage}", "executor=serial", "tracking=none", f"tuning.storage={storage}")
    folder = born.place / f"seen-{storage}" / "studies/hunt/tuning"
    place = str(folder / "trials.journal") if storage == "journal" else f"sqlite:///{folder / 'trials.db'}"
    with dashboard(place, tmp_path / "log") as api:
        (study,) = ask(f"{api}/studies")["study_summaries"]
        assert study["study_name"] == "hunt"
        shown = ask(f"{api}/studies/{study['study_id']}?after=0")["trials"]
    assert sorted(trial["number"] for trial in shown) == list(range(TRIALS))
    expected = {index: values for index, _, values, _, _ in peace.answer["trials"]}
    for trial in shown:
        attributes = {each["key"]: each["value"] for each in trial["user_attrs"]}
        assert trial["state"] in ("Complete", "Pruned")
        if trial["state"] == "Complete":
            assert trial["values"] == expected[int(attributes["index"])]
