"""What holds for every executor."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator

import jobs_for_workers as work
import pytest

from forecastlab.executor.processes import Processes
from forecastlab.executor.serial import Serial
from forecastlab.schema import DataError, Fault

Local = Serial | Processes


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes(workers=2, timeout=None, memory=None, retries=0) as executor:
        yield executor


@pytest.fixture(params=["serial", "processes"])
def executor(request: pytest.FixtureRequest, processes: Processes) -> Local:
    return Serial() if request.param == "serial" else processes


def test_when_jobs_take_unequal_time_then_results_come_in_the_order_of_the_jobs(executor: Local) -> None:
    assert list(executor.map(work.slow_first, range(9))) == list(range(9))


def test_when_there_are_no_jobs_then_there_are_no_results(executor: Local) -> None:
    assert list(executor.map(work.double, [])) == []


def test_when_a_job_raises_then_the_exception_stands_in_its_place_with_its_traceback(executor: Local) -> None:
    one, broken, two = executor.map(work.tenfold_inverse, [1, 0, 2])
    assert (one, two) == (10.0, 5.0)
    assert isinstance(broken, ZeroDivisionError)
    assert any("in tenfold_inverse" in note and "10 / job" in note for note in broken.__notes__)
    assert broken.__traceback__ is None
    assert broken.__context__ is None


def test_when_our_own_error_is_raised_then_faults_and_traceback_survive(executor: Local) -> None:
    (error,) = executor.map(work.raise_fault, [0])
    assert isinstance(error, DataError)
    assert error.faults == (Fault("no-rows", "sales", "nothing is left"),)
    assert any("in raise_fault" in note for note in error.__notes__)


def test_when_a_job_calls_sys_exit_then_only_that_job_fails(executor: Local) -> None:
    zero, one, left, three = executor.map(work.leave, range(4))
    assert [zero, one, three] == [0, 1, 3]
    assert isinstance(left, RuntimeError)
    assert "sys.exit('no more')" in str(left)


def test_when_the_consumer_has_not_asked_then_no_job_is_taken(executor: Local) -> None:
    taken: list[int] = []
    results = executor.map(work.double, (taken.append(i) or i for i in range(100)))
    assert taken == []
    assert next(results) == 0
    assert len(taken) <= 4
    results.close()  # type: ignore[attr-defined]
    assert len(taken) <= 4


def test_when_the_stream_of_jobs_fails_then_its_error_is_raised(executor: Local) -> None:
    def jobs() -> Iterator[int]:
        yield 1
        raise LookupError("no more jobs")

    with pytest.raises(LookupError, match="no more jobs"):
        list(executor.map(work.double, jobs()))


def test_when_a_job_asks_for_threads_then_it_gets_one(executor: Local) -> None:
    (pools,) = executor.map(work.threads, [0])
    assert isinstance(pools, list)
    assert pools
    assert set(pools) == {1}


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"])
def test_when_a_library_is_loaded_by_a_job_then_it_is_told_to_use_one_thread(executor: Local, name: str) -> None:
    assert list(executor.map(work.settings, [name])) == ["1"]


def test_when_serial_jobs_are_done_then_the_settings_for_threads_are_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ)
    assert list(Serial().map(work.settings, ["OMP_NUM_THREADS", "MKL_NUM_THREADS"])) == ["1", "1"]
    assert dict(os.environ) == before


def test_when_executors_differ_then_results_are_the_same_bits(processes: Processes) -> None:
    assert list(Serial().map(work.bits, range(4))) == list(processes.map(work.bits, range(4)))


def test_when_an_executor_is_pickled_after_use_then_it_is_equal_and_works(executor: Local) -> None:
    list(executor.map(work.double, [1]))
    with pickle.loads(pickle.dumps(executor)) as again:
        assert again == executor
        assert hash(again) == hash(executor)
        assert list(again.map(work.double, [1, 2])) == [2, 4]


def test_when_an_executor_is_closed_twice_then_nothing_happens() -> None:
    for executor in (Serial(), Processes(workers=1, timeout=None, memory=None, retries=0)):
        executor.close()
        executor.close()
