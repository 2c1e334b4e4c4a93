"""A search that is killed anywhere and started again ends as if nothing had happened."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
from postgres import Cluster
from searches import TRIALS, Nursery, Peace, answer, kill_again_and_again

VARIABLE = "FORECASTLAB_TEST_TRIALS"
SERIAL = ("executor=serial", "tracking=none")
PARALLEL = ("executor=processes", "tracking=none")


def assert_same(born: Nursery, root: str, storage: str, peace: Peace) -> None:
    found = answer(born.place / root, storage)
    assert [trial[0] for trial in found["trials"]] == list(range(TRIALS)), born.said(root)  # none lost, none twice
    assert {trial[1] for trial in found["trials"]} <= {"COMPLETE", "PRUNED"}
    assert found == peace.answer


CAMPAIGN = pytest.mark.campaign


@pytest.mark.parametrize(
    ("step", "storage"),
    [
        pytest.param("propose", "journal", marks=CAMPAIGN),
        ("fit", "journal"),
        ("artifact rename", "journal"),
        pytest.param("artifact rename:after", "journal", marks=CAMPAIGN),
        pytest.param("ledger append", "journal", marks=CAMPAIGN),
        ("ledger append:torn", "journal"),
        pytest.param("ledger append:after", "journal", marks=CAMPAIGN),
        ("commit", "sqlite"),
        pytest.param("commit:after", "sqlite", marks=CAMPAIGN),
        pytest.param("table", "journal", marks=CAMPAIGN),
    ],
)
def test_when_a_search_is_killed_at_a_step_then_it_ends_the_same(
    born: Nursery, peace: Peace, step: str, storage: str
) -> None:
    root = f"{step} {storage}".replace(" ", "-").replace(":", "-")
    words = (*SERIAL, f"tuning.storage={storage}")
    nth = random.randint(1, 2 if step == "table" else 5)
    assert born.wait(born.start(root, *words, step=step, nth=nth)) == -signal.SIGKILL, (nth, born.said(root))
    born.finish(root, *words)
    assert_same(born, root, storage, peace)


@pytest.mark.parametrize("storage", ["journal", pytest.param("sqlite", marks=CAMPAIGN)])
def test_when_a_search_is_killed_at_random_then_it_ends_the_same(born: Nursery, peace: Peace, storage: str) -> None:
    words = (*SERIAL, f"tuning.storage={storage}")
    kill_again_and_again(born, f"random-{storage}", 2, peace.seconds / 2, *words)
    assert_same(born, f"random-{storage}", storage, peace)


@pytest.mark.campaign
@pytest.mark.parametrize("workers", [0, 1, 2, 4])
@pytest.mark.parametrize("storage", ["journal", "sqlite"])
def test_when_a_search_is_killed_fifty_times_then_it_always_ends_the_same(
    born: Nursery, peace: Peace, storage: str, workers: int
) -> None:
    how = (*PARALLEL, f"executor.workers={workers}") if workers else SERIAL
    words = (*how, f"tuning.storage={storage}")
    hits, searches = 0, 0
    while hits < (50 if not workers else 10):
        root = f"fifty-{storage}-{workers}-{searches}"
        hits += kill_again_and_again(born, root, 5, peace.seconds * (1 + workers), *words)
        assert_same(born, root, storage, peace)
        searches += 1
    print(f"{storage}, {workers or 'no'} workers: {hits} kills of {searches} searches, all as if left in peace")


RULES = {
    "random": ("tuning=random",),
    "nsgaii": ("tuning=nsgaii", "tuning.population=2"),
    "grid": ("tuning=grid", "tuning.only=[]", "tuning.over={model.max_depth: {low: 2, high: 8}}"),
    "front": ("tuning=nsgaii", "tuning.population=2", "tuning.objectives=[loss,coverage]"),
}


@pytest.mark.campaign
@pytest.mark.parametrize("rule", list(RULES))
def test_when_another_rule_proposes_then_kills_change_nothing(born: Nursery, rule: str) -> None:
    start = time.monotonic()
    born.finish(f"{rule}-peace", *SERIAL, *RULES[rule], f"tuning.trials={TRIALS}")
    longest, hits, searches = time.monotonic() - start, 0, 0
    calm = answer(born.place / f"{rule}-peace", "journal")
    assert len(calm["trials"]) == TRIALS
    while hits < 10:
        root = f"{rule}-{searches}"
        hits += kill_again_and_again(born, root, 4, longest, *SERIAL, *RULES[rule], f"tuning.trials={TRIALS}")
        assert answer(born.place / root, "journal") == calm
        searches += 1
    print(f"{rule}: {hits} kills of {searches} searches, all as if left in peace")


@pytest.mark.campaign
@pytest.mark.xdist_group("postgres")
def test_when_trials_are_in_postgresql_then_kills_change_nothing(
    born: Nursery, peace: Peace, postgres: Cluster
) -> None:
    hits, searches = 0, 0
    while hits < 10:
        root, url = f"postgres-{searches}", postgres.fresh()
        born.env[VARIABLE] = url
        words = (*SERIAL, f"tuning.storage={VARIABLE}")
        hits += kill_again_and_again(born, root, 4, peace.seconds, *words)
        assert_same(born, root, url, peace)
        searches += 1
    print(f"postgresql: {hits} kills of {searches} searches, all as if left in peace")


def test_when_a_killed_search_left_a_lock_then_the_next_does_not_wait_for_it(
    born: Nursery, peace: Peace, tmp_path: Path
) -> None:
    root = "stale"
    assert born.wait(born.start(root, *SERIAL, step="ledger append", nth=9)) == -signal.SIGKILL
    journal = born.place / root / "studies/hunt/tuning/trials.journal"
    journal.with_name(f"{journal.name}.lock").symlink_to(journal)  # as Optuna's own programs leave it
    born.finish(root, *SERIAL, stamp=str(tmp_path / "stamp"))
    assert_same(born, root, "journal", peace)
    wall, cpu = map(float, (tmp_path / "stamp").read_text().split())
    print(f"restart: {wall:.2f} s, {cpu:.2f} s of CPU until the first new trial")
    assert cpu < 3
    assert wall < 15  # a busy machine; Optuna's own lock would make it more than 30
