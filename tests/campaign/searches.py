"""Searches as processes that tests begin, kill and look at afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

TRIALS = 6
SEARCH = (
    "segmentation=none",
    "model=xgboost",
    "study=hunt",
    "backtest.horizon=2",
    "backtest.select=2",
    "backtest.test=1",
    "metric=[wape]",
    f"tuning.trials={TRIALS}",
    "tuning.batch=3",
    "tuning.startup=3",
)


@dataclass
class Nursery:
    """The program that forks searches, and the folder where each has a root of its own."""

    place: Path
    program: subprocess.Popen[str]
    words: tuple[str, ...]
    started: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def start(self, root: str, *words: str, **request: Any) -> int:
        """Begin a search; its process number."""
        self.started += 1
        told = ["tune", *self.words, f"root={self.place / root}", *words]
        request = {"words": told, "log": str(self.place / f"{root}.log"), "cwd": str(self.place)} | request
        return self._ask(request | {"env": self.env | request.get("env", {})})

    def wait(self, process: int) -> int:
        """Its exit code, or minus the signal that ended it."""
        return self._ask({"wait": process})

    def finish(self, root: str, *words: str, **request: Any) -> None:
        """Let a search go on to its end."""
        code = self.wait(self.start(root, *words, **request))
        assert code == 0, self.said(root)

    def said(self, root: str) -> str:
        """All that the searches of a root have printed."""
        return (self.place / f"{root}.log").read_text(encoding="utf-8")

    def _ask(self, request: dict[str, Any]) -> int:
        assert self.program.stdin is not None and self.program.stdout is not None
        self.program.stdin.write(json.dumps(request) + "\n")
        self.program.stdin.flush()
        return int(self.program.stdout.readline())


@dataclass(frozen=True)
class Peace:
    """What a search answers that nobody disturbs, and how many seconds it takes."""

    answer: dict[str, Any]
    seconds: float


def nursery(place: Path, words: tuple[str, ...], **env: str) -> Nursery:
    """Start the program, in an environment in which these variables are otherwise."""
    command = [sys.executable, str(Path(__file__).with_name("nursery.py"))]
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "OMP_WAIT_POLICY": "passive", "PYTHONWARNINGS": "ignore"}
    quiet |= env
    with (place / "nursery.log").open("wb") as log:
        program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=quiet
        )
    assert program.stdout is not None and program.stdout.readline() == "ready\n"
    return Nursery(place, program, words)


def shop(path: Path, seed: int) -> None:
    """A small shop's till lines, in an order that the seed decides."""
    dice, lines = random.Random(1), []
    for day in range(7 * 40):
        for _ in range(1 + (day % 7 == 4)):
            who, money = f"c{dice.randrange(30):02d}", dice.uniform(1, 9) * (1 + day / 400)
            lines.append(f"{who},{date(2024, 1, 1) + timedelta(day)},{money:.2f}")
    random.Random(seed).shuffle(lines)
    path.write_text("\n".join(["who,day,money", *lines]) + "\n", encoding="utf-8")


def shop_words(path: Path) -> tuple[str, ...]:
    """The words that name the shop as the dataset."""
    columns = ("dataset.customer=who", "dataset.time=day", "dataset.amount=money")
    return ("dataset=csv", f"dataset.path={path}", *columns, *SEARCH)


def address(folder: Path, storage: str) -> Any:
    """The storage as Optuna's own users open it."""
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    if storage == "journal":
        return JournalStorage(JournalFileBackend(str(folder / "studies/hunt/tuning/trials.journal")))
    return RDBStorage(f"sqlite:///{folder / 'studies/hunt/tuning/trials.db'}" if storage == "sqlite" else storage)


def answer(folder: Path, storage: str) -> dict[str, Any]:
    """Everything that a search decides: its trials, by their number, and the forecasts of default and winner."""
    import optuna

    place = address(folder, storage)
    trials = optuna.load_study(study_name="hunt", storage=place).get_trials()
    if storage != "journal":
        place.scoped_session.remove()
        place.engine.dispose()
    told = sorted(
        (t.user_attrs["index"], t.state.name, t.values, json.dumps(t.params), json.dumps(t.intermediate_values))
        for t in trials
    )
    runs = sorted((folder / "studies/hunt/runs").glob("*/forecasts.parquet"))
    return {"trials": told, "forecasts": {path.parent.name: _digest(path) for path in runs}}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill(process: int) -> None:
    """End a search and all of its workers at once."""
    os.killpg(process, signal.SIGKILL)


def kill_again_and_again(born: Nursery, root: str, kills: int, longest: float, *words: str) -> int:
    """Kill one search at random moments, ``kills`` times at most, and let it end; how often it was hit."""
    dice, hit = random.Random(os.urandom(8)), 0
    for _ in range(kills):
        process = born.start(root, *words)
        time.sleep(dice.uniform(0.0, longest))
        kill(process)
        code = born.wait(process)
        hit += code == -signal.SIGKILL
        if code == 0:
            return hit
    born.finish(root, *words)
    return hit
