"""A worker that dies, hangs or hoards costs its job only."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jobs_for_workers as work
import pytest

from forecastlab.executor._lost import WorkerLost
from forecastlab.executor.processes import Processes


@pytest.fixture
def no_retries() -> Iterator[Processes]:
    with Processes(workers=2, timeout=None, memory=None, retries=0) as executor:
        yield executor


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def comes_true(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize(
    ("fn", "told"),
    [(work.kill_self, "SIGKILL"), (work.segfault, "SIGSEGV"), (work.exit_at_once, "exit code 7")],
)
def test_when_a_worker_dies_then_its_job_is_named_and_the_others_are_done(
    no_retries: Processes, fn: Callable[[int], int], told: str
) -> None:
    results: list[Any] = list(no_retries.map(fn, range(6)))
    lost = results.pop(2)
    assert results == [0, 1, 3, 4, 5]
    assert isinstance(lost, WorkerLost)
    assert lost.kind == "died"
    assert told in str(lost)


def test_when_a_worker_dies_once_then_the_job_gets_its_second_chance(tmp_path: Path) -> None:
    with Processes(workers=2, timeout=None, memory=None, retries=1) as executor:
        jobs = [(number, tmp_path / "died") for number in range(6)]
        assert list(executor.map(work.kill_self_once, jobs)) == list(range(6))
    assert (tmp_path / "died").exists()


@pytest.mark.parametrize("retries", [0, 2])
def test_when_a_worker_always_dies_then_the_job_is_tried_as_often_as_asked(tmp_path: Path, retries: int) -> None:
    with Processes(workers=1, timeout=None, memory=None, retries=retries) as executor:
        (lost,) = executor.map(work.count_and_die, [tmp_path / "log"])
    assert isinstance(lost, WorkerLost)
    assert len((tmp_path / "log").read_text()) == retries + 1


def test_when_a_job_never_ends_then_it_ends_at_the_time_limit_without_retry() -> None:
    with Processes(workers=2, timeout=0.4, memory=None, retries=3) as executor:
        began = time.monotonic()
        results: list[Any] = list(executor.map(work.never_end, range(6)))
        took = time.monotonic() - began
    lost = results.pop(2)
    assert results == [0, 1, 3, 4, 5]
    assert (lost.kind, lost.detail) == ("timeout", "it took more than 0.4 seconds")
    assert took < 5


def test_when_a_job_hoards_memory_then_it_ends_at_the_memory_limit() -> None:
    with Processes(workers=2, timeout=None, memory=250, retries=3) as executor:
        results: list[Any] = list(executor.map(work.hoard, range(5)))
    lost = results.pop(2)
    assert results == [0, 1, 3, 4]
    assert lost.kind == "memory"
    assert "250 MB are allowed" in lost.detail


def test_when_earlier_jobs_left_memory_behind_then_the_next_job_does_not_pay_for_it() -> None:
    with Processes(workers=1, timeout=None, memory=200, retries=0) as executor:
        assert list(executor.map(work.leak_and_rest, range(4))) == [0, 1, 2, 3]


def test_when_idle_workers_are_killed_then_the_next_jobs_run_in_new_ones(no_retries: Processes) -> None:
    before = set(no_retries.map(work.pid, range(6)))
    for pid in before:
        os.kill(pid, signal.SIGKILL)  # type: ignore[arg-type]
    assert comes_true(lambda: not any(is_alive(pid) for pid in before))  # type: ignore[arg-type]
    after = set(no_retries.map(work.pid, range(6)))
    assert all(isinstance(pid, int) for pid in after)
    assert not before & after


def test_when_a_job_has_started_a_process_then_the_time_limit_ends_that_too(tmp_path: Path) -> None:
    with Processes(workers=1, timeout=0.5, memory=None, retries=0) as executor:
        (lost,) = executor.map(work.start_a_child_and_hang, [tmp_path / "pid"])
    assert isinstance(lost, WorkerLost)
    assert comes_true(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def test_when_a_fork_of_a_dead_worker_holds_the_pipe_then_the_death_is_seen_all_the_same(tmp_path: Path) -> None:
    with Processes(workers=1, timeout=None, memory=None, retries=0) as executor:
        (lost,) = executor.map(work.fork_and_die, [tmp_path / "pid"])
    assert isinstance(lost, WorkerLost)
    assert lost.kind == "died"
    assert comes_true(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def test_when_an_answer_cannot_travel_then_that_is_told_in_its_place(no_retries: Processes) -> None:
    (error,) = no_retries.map(work.raise_unsendable, [0])
    assert isinstance(error, RuntimeError)
    assert "UnsendableError: this and that" in str(error)
    assert any("in raise_unsendable" in note for note in error.__notes__)
    (error,) = no_retries.map(work.return_unsendable, [0])
    assert isinstance(error, RuntimeError)
    assert "a function" in str(error)


def test_when_a_job_cannot_travel_then_only_that_job_fails(no_retries: Processes) -> None:
    one, refused, two = no_retries.map(work.double, [1, lambda: 0, 2])  # type: ignore[list-item]
    assert (one, two) == (2, 4)
    assert isinstance(refused, Exception)
    assert "the job cannot be sent to a worker process" in refused.__notes__


def test_when_a_lost_worker_is_pickled_then_it_says_the_same() -> None:
    again = pickle.loads(pickle.dumps(WorkerLost("timeout", "it took more than 3 seconds")))
    assert (again.kind, str(again)) == ("timeout", "timeout: it took more than 3 seconds")
