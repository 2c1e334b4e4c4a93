"""A store made once and copied: making one takes seconds, copying it none."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from forecastlab.tracking._place import place
from forecastlab.tracking._store import Store
from forecastlab.tracking.mlflow import Mlflow


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    Store(place(root, None), 5).call(lambda client: None)
    return root / "mlflow.db"


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "mlruns"
    folder.mkdir()
    shutil.copyfile(template, folder / "mlflow.db")
    return folder


@pytest.fixture
def tracker(root: Path) -> Mlflow:
    return Mlflow(uri=None, root=str(root), timeout=5, catch_up=60)


@pytest.fixture
def dying() -> Callable[[Callable[[], object]], int]:
    """Do something in a process of its own and tell by which signal it died (0: it came to the end)."""

    def run(work: Callable[[], object]) -> int:
        child = os.fork()
        if child == 0:
            try:
                work()
            except BaseException:
                os._exit(99)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the process failed before it was to die"
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    return run


@pytest.fixture
def die() -> Callable[[], None]:
    """SIGKILL to the process that calls it."""
    return lambda: os.kill(os.getpid(), signal.SIGKILL)
