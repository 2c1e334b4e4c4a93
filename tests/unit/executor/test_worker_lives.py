"""How long workers live: as long as the executor, never longer than the program."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jobs_for_workers as work
import pytest

from forecastlab.executor import _child
from forecastlab.executor.processes import Processes
from forecastlab.schema import EnvironmentFault

PROGRAM = """
import sys; sys.path[:] = {path!r}
from pathlib import Path
import jobs_for_workers as work
from forecastlab.executor.processes import Processes
executor = Processes(workers=2, timeout=None, memory=None, retries=0)
for result in executor.map(work.{fn}, {jobs}):
    print(result, flush=True)
"""


@contextmanager
def program(fn: str, jobs: str) -> Iterator[subprocess.Popen[str]]:
    """A program of its own that uses an executor and does not close it; it never outlives the test."""
    text = PROGRAM.format(path=sys.path, fn=fn, jobs=jobs)
    run = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield run
    finally:
        run.kill()
        run.communicate()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def all_gone(pids: list[int], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while any(map(is_alive, pids)) and time.monotonic() < until:
        time.sleep(0.01)
    left = [pid for pid in pids if is_alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)  # a failed test must not leave them spinning
    return not left


def pids_in(folder: Path, count: int, seconds: float = 60.0) -> list[int]:
    until = time.monotonic() + seconds
    while len(found := [int(f.read_text()) for f in folder.glob("*.pid")]) < count and time.monotonic() < until:
        time.sleep(0.01)
    assert len(found) == count
    return found


def test_when_map_is_called_again_then_the_same_workers_answer() -> None:
    with Processes(workers=2, timeout=None, memory=None, retries=0) as executor:
        first = set(executor.map(work.pid, range(8)))
        assert len(first) == 2
        assert os.getpid() not in first
        assert set(executor.map(work.pid, range(8))) == first


def test_when_there_are_fewer_jobs_than_workers_then_no_idle_worker_is_started() -> None:
    with Processes(workers=8, timeout=None, memory=None, retries=0) as executor:
        assert len(set(executor.map(work.pid, range(2)))) <= 2
        keepers = executor._pool._close.peek()[2][0]  # type: ignore[index]
        assert sum(keeper._child is not None for keeper in keepers) <= 2


def test_when_workers_is_zero_then_there_is_one_per_core() -> None:
    with Processes(workers=0, timeout=None, memory=None, retries=0) as executor:
        list(executor.map(work.double, [1]))
        assert executor._pool.size == len(os.sched_getaffinity(0))


def test_when_the_executor_is_closed_then_no_worker_is_left() -> None:
    with Processes(workers=2, timeout=None, memory=None, retries=0) as executor:
        pids = [pid for pid in set(executor.map(work.pid, range(8))) if isinstance(pid, int)]
        assert all(map(is_alive, pids))
    assert not any(map(is_alive, pids))


def test_when_the_executor_is_closed_in_mid_job_then_the_job_does_not_hold_it_up(tmp_path: Path) -> None:
    executor = Processes(workers=2, timeout=None, memory=None, retries=5)
    results = executor.map(work.tell_pid_and_hang_if_odd, [(i, tmp_path / f"{i}.pid") for i in range(9)])
    assert next(results) == 0
    pids = pids_in(tmp_path, 2)
    began = time.monotonic()
    executor.close()
    assert time.monotonic() - began < 5
    assert all_gone(pids)


def test_when_the_executor_is_forgotten_then_no_worker_is_left() -> None:
    executor = Processes(workers=1, timeout=None, memory=None, retries=0)
    pids = [pid for pid in executor.map(work.pid, [0]) if isinstance(pid, int)]
    del executor
    gc.collect()
    assert len(pids) == 1
    assert all_gone(pids)


def test_when_the_consumer_stops_early_then_waiting_jobs_are_not_run(tmp_path: Path) -> None:
    with Processes(workers=2, timeout=None, memory=None, retries=0) as executor:
        list(executor.map(work.pid, range(4)))  # both workers are up
        jobs = [(0.0 if i == 0 else 0.4, tmp_path / str(i)) for i in range(20)]
        results = executor.map(work.touch_and_rest, jobs)
        next(results)  # one and two are running now, three waits
        results.close()  # type: ignore[attr-defined]
        assert list(executor.map(work.double, range(4))) == [0, 2, 4, 6]  # the workers are free again
    assert {path.name for path in tmp_path.iterdir()} <= {"0", "1", "2"}


def test_when_no_worker_can_be_started_then_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_child, "_BOOT", "raise SystemExit(3)")
    told = r"no-worker: executor: .*exit code 3\. try executor=serial"
    executor = Processes(workers=1, timeout=None, memory=None, retries=0)
    with executor, pytest.raises(EnvironmentFault, match=told):
        list(executor.map(work.double, [1]))


def test_when_the_program_ends_without_closing_then_no_worker_is_left() -> None:
    with program("pid", "range(8)") as run:
        out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (0, "")
    pids = [int(line) for line in out.split()]
    assert len(pids) == 8
    assert all_gone(pids)


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_when_the_program_is_killed_then_its_hanging_workers_go_too(tmp_path: Path, signum: signal.Signals) -> None:
    with program("tell_pid_and_hang", f"[Path({str(tmp_path)!r}) / f'{{i}}.pid' for i in range(4)]") as run:
        pids = pids_in(tmp_path, 2)
        run.send_signal(signum)
        run.communicate(timeout=60)
    assert run.returncode == -signum
    assert all_gone(pids)


def test_when_the_user_interrupts_then_the_program_ends_at_once_and_quietly(tmp_path: Path) -> None:
    with program("tell_pid_and_hang", f"[Path({str(tmp_path)!r}) / f'{{i}}.pid' for i in range(4)]") as run:
        pids = pids_in(tmp_path, 2)
        for pid in pids:
            os.kill(pid, signal.SIGINT)  # a worker does not answer Ctrl-C
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert err.count("Traceback") == 1  # the program's own KeyboardInterrupt, none of a worker
    assert "KeyboardInterrupt" in err
    assert all_gone(pids)
