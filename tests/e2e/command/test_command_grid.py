"""Grids of runs through the real command: a run that fails among others, and kills at any moment."""

import contextlib
import os
import random
import shutil
import signal
import time
from dataclasses import replace

import pandas as pd

GRID = ("-m", "model=naive,regression", "backtest.gap=range(0,2)", "study=grid", "tracking=none")


def tables(shop, root):
    """What a study leaves, but for the seconds that were measured."""
    folder = shop.folder(root, "grid")
    board = pd.read_csv(folder / "leaderboard.csv", dtype=str).drop(columns="seconds").to_csv(index=False).encode()
    return [board, *((folder / f"{name}.csv").read_bytes() for name in ("comparison", "segments"))]


def test_when_a_grid_is_killed_at_any_moment_then_the_same_command_ends_with_the_same_bytes(shop):
    calm = shop.call(shop.words("run", "calm", *GRID, "executor.workers=1"))
    assert calm.code == 0, calm.err
    dice = random.Random(int.from_bytes(os.urandom(4)))
    words = shop.words("run", "killed", *GRID, "executor.workers=2")
    for _ in range(3):
        victim = shop.start(words)
        time.sleep(dice.uniform(0.5, 8.0))
        with contextlib.suppress(ProcessLookupError):  # it was faster
            os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
    again = shop.call(words)
    assert again.code == 0, again.err
    assert tables(shop, "killed") == tables(shop, "calm")
    assert not list((shop.place / "killed").glob("cache/tmp/*")), "half-written results are left"


def test_when_one_run_of_a_grid_fails_then_it_is_told_at_once_and_again_at_the_end_and_the_others_are_kept(shop):
    asked = ("-m", "model=naive,theta", "backtest.min_train=5,5000,6", "study=grid", "tracking=none")
    done = shop.call(shop.words("run", "partly", *asked, "executor=serial"), together=True)
    assert done.code == 4, done.out
    lines = done.out.splitlines()
    ends = [line for line in lines if line.startswith("  naive backtest.min_train=") and "WAPE" not in line][:3]
    assert [line.rpartition(": ")[2] == "failed" for line in ends] == [False, True, False]
    first = next(i for i, line in enumerate(lines) if line.startswith("forecastlab: failed: naive"))
    assert first < lines.index(ends[2]), "the failure is told before the next run ends"
    (head,) = [i for i, line in enumerate(lines) if line.startswith("2 of 6 runs failed")]
    assert head > lines.index(ends[2]) and "naive backtest.min_train=5000: " in lines[head + 1]
    assert any("theta backtest.min_train=5000: " in line for line in lines[head + 2 :])
    board = pd.read_csv(shop.folder("partly", "grid") / "leaderboard.csv")
    kept = {f"{model} backtest.min_train={weeks}" for model in ("naive", "theta") for weeks in (5, 6)}
    assert set(board["method"]) == kept
    again = shop.call(shop.words("run", "partly", *asked, "executor=serial"))
    assert again.code == 4 and again.out.count("kept from before") == 4


LOUD = '''
"""A method that always fails, and says each time that it was tried."""
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Loud:
    local = False

    def fit(self, history):
        with open(os.environ["TRIED"], "a") as file:
            file.write(f"{history.cutoff.date()}\\n")
        raise RuntimeError("no luck")

    def from_state(self, state):
        raise RuntimeError("no luck")


PARTS = {"model": {"loud": Loud}}
'''


def test_when_a_run_of_a_grid_fails_then_each_of_its_jobs_was_tried_once(shop, monkeypatch, tmp_path):
    (tmp_path / "loudmodel.py").write_text(LOUD)
    own = replace(shop, conf=tmp_path / "conf", place=tmp_path)
    shutil.copytree(shop.conf, own.conf)
    (own.conf / "model").mkdir()
    (own.conf / "model" / "loud.yaml").write_text("# Fails\npart: loud\n")
    monkeypatch.setenv("TRIED", str(tmp_path / "tried"))
    monkeypatch.syspath_prepend(str(tmp_path))
    words = ("--trust", "loudmodel", "-m", "model=loud,naive", "study=loud", "tracking=none", "executor=serial")
    done = own.here(own.words("run", "loud", *words))
    assert done.code == 4, done.err
    assert "no luck" in done.err
    tried = (tmp_path / "tried").read_text().splitlines()
    assert len(tried) == len(set(tried)) == 5, "one fit for each of the five folds"
