"""Eight processes that start one search from nothing, at the same moment."""

from __future__ import annotations

import time
import warnings
from statistics import median

import pytest
from mlflow import MlflowClient
from searches import TRIALS, Nursery, Peace, answer

EIGHT = 8


def start_together(born: Nursery, root: str, storage: str) -> float:
    """Begin eight and let them end; how many milliseconds lay between the first start and the last."""
    at = time.time() + 1.5
    words = ("executor=serial", "tracking=mlflow", f"tuning.storage={storage}")
    names = [f"{root}-{n}" for n in range(EIGHT)]
    files = [{"log": str(born.place / f"{name}.log"), "begun": str(born.place / f"{name}.begun")} for name in names]
    codes = [born.wait(process) for process in [born.start(root, *words, at=at, **each) for each in files]]
    assert codes == [0] * EIGHT, [born.said(name) for name, code in zip(names, codes, strict=True) if code]
    begun = [float((born.place / f"{name}.begun").read_text()) for name in names]
    return 1000 * (max(begun) - min(begun))


def assert_whole(born: Nursery, root: str, storage: str, peace: Peace) -> None:
    assert answer(born.place / root, storage) == peace.answer
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own, where it is read in a process that has not imported it yet
        client = MlflowClient(f"sqlite:///{born.place / root / 'mlflow.db'}")
        study = client.get_experiment_by_name("hunt")
        assert study is not None
        runs = client.search_runs([study.experiment_id])
    assert {run.info.status for run in runs} <= {"FINISHED", "KILLED"}  # a trial that was given up is KILLED
    names = sorted(run.info.run_name for run in runs)
    assert [name for name in names if name.startswith("search ")] == ["search hunt"]
    trials = [name for name in names if name.startswith("trial ")]
    assert len(trials) == len({name[:9] for name in trials}) == TRIALS
    results = [run for run in runs if "forecastlab.key" in run.data.tags]
    assert len(results) == len({run.data.tags["forecastlab.key"] for run in results}) == len(peace.answer["forecasts"])
    assert {run.info.status for run in results} == {"FINISHED"}
    assert not list((born.place / root / "spool").iterdir())


def test_when_eight_begin_one_search_at_once_then_it_is_searched_once(born: Nursery, peace: Peace) -> None:
    start_together(born, "eight", "journal")
    assert_whole(born, "eight", "journal", peace)


@pytest.mark.campaign
def test_when_eight_begin_one_search_twenty_times_then_it_is_always_searched_once(born: Nursery, peace: Peace) -> None:
    apart = []
    for number in range(20):
        storage = ("journal", "sqlite")[number % 2]
        apart.append(start_together(born, f"eight-{number}", storage))
        assert_whole(born, f"eight-{number}", storage, peace)
    within = sum(each <= 50 for each in apart)
    print(f"20 times eight processes from nothing: {20 * TRIALS} trials, all once, all exit codes 0")
    print(f"{within} times started within 50 ms; apart {median(apart):.0f} ms (median), {max(apart):.0f} ms at most")


@pytest.mark.parametrize(
    ("step", "nth"),
    [
        ("ship", 1),
        pytest.param("ship", 2, marks=pytest.mark.campaign),
        pytest.param("ship end", TRIALS + 1, marks=pytest.mark.campaign),
        ("ship end:after", TRIALS + 1),
        pytest.param("ship end", TRIALS + 2, marks=pytest.mark.campaign),
        pytest.param("ship end:after", TRIALS + 2, marks=pytest.mark.campaign),
    ],
)
def test_when_a_search_is_killed_while_it_ships_then_every_run_is_there_once(
    born: Nursery, peace: Peace, step: str, nth: int
) -> None:
    """The trials are shipped before the runs of default and winner, which come after ``TRIALS`` ends."""
    root, words = f"{step}-{nth}".replace(" ", "-").replace(":", "-"), ("executor=serial", "tracking=mlflow")
    assert born.wait(born.start(root, *words, step=step, nth=nth)) < 0, born.said(root)
    born.finish(root, *words)
    assert_whole(born, root, "journal", peace)
