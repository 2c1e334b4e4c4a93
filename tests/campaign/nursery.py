"""A program that has imported everything and forks searches: each is a process of its own that can be killed anywhere.

It reads one JSON request a line. ``{"words": [...], "step": NAME, "nth": N}`` begins a command and is answered with
its process number, which is also that of its process group; the process is killed when it comes to the step for the
N-th time. ``{"wait": PID}`` is answered with the exit code (minus the signal). Nothing in the product knows of this.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = {
    "propose": ("forecastlab.tuning.search", "Search", "propose"),
    "fit": ("forecastlab.model.xgboost", "Xgboost", "fit"),
    "artifact rename": ("forecastlab.cache._disk", None, "moved"),
    "ledger append": ("optuna.storages.journal", "JournalFileBackend", "append_logs"),
    "commit": ("sqlalchemy.orm", "Session", "commit"),
    "ship": ("mlflow", "MlflowClient", "log_batch"),
    "ship end": ("mlflow", "MlflowClient", "set_terminated"),
    "table": ("forecastlab.task.search_files", None, "_write"),
}
"""Where a search can be hit: module, class and function."""

HEAVY = (
    "matplotlib.pyplot",
    "hydra",
    "forecastlab.task.judge",
    "forecastlab.task.tune",
    "xgboost",
    "optuna",
    "mlflow",
    "duckdb",
)


def _deadly(original: Callable[..., Any], nth: int, after: bool) -> Callable[..., Any]:
    seen = 0

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == nth and not after:
            _die()
        found = original(*args, **kwargs)
        if seen == nth:
            _die()
        return found

    return call


def _torn(original: Callable[..., Any], nth: int) -> Callable[..., Any]:
    """Half a line is on the disk when the process dies, as when the power goes."""
    seen = 0

    def call(self: Any, logs: list[dict[str, Any]]) -> None:
        nonlocal seen
        seen += 1
        if seen < nth:
            return original(self, logs)
        line = json.dumps(logs[0]).encode()
        with Path(self._file_path).open("ab") as file:
            file.write(line[: len(line) // 2])
        return _die()

    return call


def _die() -> None:
    os.killpg(os.getpid(), signal.SIGKILL)
    time.sleep(60)  # the signal is on its way


def _patch(step: str, nth: int) -> None:
    name, _, when = step.partition(":")
    module, owner, function = STEPS[name]
    place = importlib.import_module(module)
    place = getattr(place, owner) if owner else place
    original = getattr(place, function)
    setattr(place, function, _torn(original, nth) if when == "torn" else _deadly(original, nth, when == "after"))


def _live(request: dict[str, Any]) -> None:
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, log, log)):
        os.dup2(file, number)
    os.environ.update(request.get("env", {}))
    time.tzset()
    os.chdir(request.get("cwd", "."))
    if request.get("step"):
        _patch(request["step"], request["nth"])
    if request.get("code"):
        keys = importlib.import_module("forecastlab.flow.keys")
        keys.of_module = lambda name: request["code"]  # type: ignore[attr-defined]
    cores = os.cpu_count() or 1
    os.cpu_count = lambda: max(cores, 4)  # more workers than cores are refused, and here they are the question
    stamp = request.get("stamp")
    if stamp:
        _stamp(Path(stamp), time.monotonic())
    time.sleep(max(request.get("at", 0) - time.time(), 0))
    if request.get("begun"):
        Path(request["begun"]).write_text(repr(time.time()))
    os._exit(importlib.import_module("forecastlab.cli").main(request["words"]))


def _stamp(path: Path, start: float) -> None:
    """Write down how long it took until the first trial that was not known was given to a worker."""
    place = importlib.import_module("forecastlab.task.tune")
    original = place.TrialJob

    def call(*args: Any, **kwargs: Any) -> Any:
        if not path.exists():
            path.write_text(f"{time.monotonic() - start} {time.process_time()}")
        return original(*args, **kwargs)

    place.TrialJob = call  # type: ignore[attr-defined]


def main() -> None:
    """Serve until the input ends."""
    for name in (*HEAVY, *(module for module, _, _ in STEPS.values())):
        importlib.import_module(name)
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        child = os.fork()
        if child == 0:
            try:
                _live(request)
            finally:
                os._exit(99)
        print(child, flush=True)


if __name__ == "__main__":
    main()
