"""A search killed anywhere and started again ends as if nothing had happened."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

WORDS = [
    "tune",
    "dataset=cdnow",
    "segmentation=none",
    "model=regression",
    "study=hunt",
    "backtest.select=3",
    "backtest.test=1",
    "backtest.horizon=2",
    "tuning.trials=8",
    "tuning.batch=3",
    "tuning.startup=3",
    "tracking=none",
]


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).with_name("forecastlab")), *WORDS, f"root={folder}", *words]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finish(folder: Path, *words: str) -> str:
    process = start(folder, *words)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def answer(folder: Path) -> dict[str, object]:
    """Everything a search decides: the trials, and the forecasts of the winner."""
    import optuna

    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(folder / "studies/hunt/tuning/trials.journal"))
    )
    trials = optuna.load_study(study_name="hunt", storage=storage).get_trials()
    told = [
        (t.user_attrs["index"], t.state.name, t.value, json.dumps(t.params), json.dumps(t.intermediate_values))
        for t in trials
    ]
    winner = next((folder / "studies/hunt/runs").glob("*/run.json")).parent.parent
    forecasts = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in winner.glob("*/forecasts.parquet"))
    return {"trials": told, "forecasts": forecasts}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("undisturbed")
    finish(folder, "executor.workers=1")
    return answer(folder)


def test_when_a_search_is_killed_again_and_again_then_it_ends_the_same(undisturbed, tmp_path: Path) -> None:
    dice = random.Random(int.from_bytes(os.urandom(4)))
    for _ in range(3):
        process = start(tmp_path, "executor.workers=2")
        time.sleep(dice.uniform(1.0, 6.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    out = finish(tmp_path, "executor.workers=2")
    assert answer(tmp_path) == undisturbed
    assert [line for line in out.splitlines() if line.startswith("best of the selection folds")]


def test_when_something_else_is_searched_under_the_same_name_then_it_is_refused(tmp_path: Path) -> None:
    finish(tmp_path, "tuning.trials=2")
    process = start(tmp_path, "tuning.trials=2", "backtest.horizon=3")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "changed-search" in err and "another config" in err and len(err.strip().splitlines()) == 1
    finish(tmp_path, "tuning.trials=3", "backtest.horizon=3", "--allow-change")
