"""Bad inputs as a table of cases, and what each has to end with: the exit code, a line per fault, nothing written."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from corpus_tables import SECRET, Make

COMMAND = str(Path(sys.executable).parent / "forecastlab")
LINE = re.compile(r"forecastlab: error (?P<code>[a-z0-9-]+): (?P<where>\S.*?): (?P<what>\S.*[.?!])")
LIMIT = 2.0
"""Seconds of CPU that a command has to say what is wrong, after the start."""

SMALL = (
    "segmentation=none",
    "model=naive",
    "backtest.horizon=2",
    "backtest.select=1",
    "backtest.test=1",
    "backtest.min_train=4",
    "metric=[wape]",
    "calibrate=none",
    "executor=serial",
)


@dataclass(frozen=True)
class Case:
    """A bad input: ``make`` writes its files into a folder and tells the words to type.

    ``faults`` has one entry per line that must be said, in order: the code and words of the line, with … between them.
    ``kept`` names what may lie in the cache, because it is sound: ``load``, where only what comes after the log is bad.
    """

    name: str
    make: Make
    exit_code: int
    faults: Sequence[str]
    command: str = "run"
    kept: Sequence[str] = ()


def config(name: str, make: Make, *faults: str) -> Case:
    """A case that the config is to blame for."""
    return Case(name, make, 2, faults)


def data(name: str, make: Make, *faults: str) -> Case:
    """A case that the data is to blame for."""
    return Case(name, make, 3, faults)


def surroundings(name: str, make: Make, *faults: str) -> Case:
    """A case that the machine, the network or the installation is to blame for."""
    return Case(name, make, 5, faults)


def driver(name: str, make: Make, *faults: str) -> Case:
    """A bad driver table beside a sound log, which may be kept."""
    return Case(name, make, 3, faults, kept=("load",))


def later(name: str, make: Make, *faults: str) -> Case:
    """A config that does not go with the data, which is sound and may be kept."""
    return Case(name, make, 2, faults, kept=("load", "driver"))


@dataclass(frozen=True)
class Done:
    """What a command did, and its seconds of CPU."""

    code: int
    out: str
    err: str
    seconds: float


def here(words: Sequence[str]) -> Done:
    """The command in this process, which saves the time of starting one."""
    from forecastlab.cli import main

    out, err, start = io.StringIO(), io.StringIO(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
    return Done(code, out.getvalue(), err.getvalue(), time.process_time() - start)


def apart(words: Sequence[str], folder: Path) -> Done:
    """The command in a process of its own."""
    done = subprocess.run(
        [COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1"},
    )
    return Done(done.returncode, done.stdout, done.stderr, 0.0)


def typed_words(case: Case, folder: Path) -> list[str]:
    """What is typed for a case; its own words come last and count."""
    return [*case.command.split(), *SMALL, f"root={folder / 'out'}", *case.make(folder)]


def judge(case: Case, done: Done, folder: Path, before: set[Path]) -> None:
    """Check everything that is promised of a bad input."""
    assert done.code == case.exit_code, (done.code, done.err)
    assert "Traceback" not in done.err + done.out
    lines = [line for line in done.err.splitlines() if line.strip()]
    assert len(lines) == len(case.faults), done.err
    for line, fault in zip(lines, case.faults, strict=True):
        code, *said = fault.split(" … ")
        found = LINE.fullmatch(line)
        assert found, line
        assert found["code"] == code, line
        for each in said:
            assert each in line, (each, line)
    assert SECRET not in done.err + done.out, "an id was told"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", done.err), "a control character went to the terminal"
    assert done.seconds <= LIMIT, done.seconds
    new = {path for path in folder.rglob("*") if path.is_file()} - before
    assert {path.relative_to(folder / "out" / "cache").parts[0] for path in new} <= set(case.kept), sorted(new)
    assert not (folder / "out" / "studies").exists()


def check(case: Case, folder: Path, run: Callable[[list[str], Path], Done]) -> None:
    """Run a case and judge it."""
    words = typed_words(case, folder)
    before = {path for path in folder.rglob("*") if path.is_file()}
    judge(case, run(words, folder), folder, before)


def parametrised(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """A test for every case, under its name."""
    assert len({case.name for case in cases}) == len(cases), "two cases have one name"
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)
