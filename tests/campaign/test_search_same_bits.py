"""What is no matter for a search, and what makes it another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from searches import Nursery, Peace, answer, nursery, shop

SERIAL = ("executor=serial", "tracking=none")


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("clock", {"env": {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}}),
        pytest.param("place", {"cwd": "/"}, marks=pytest.mark.campaign),
    ],
)
def test_when_only_the_surroundings_differ_then_the_answer_is_the_same_bits(
    born: Nursery, peace: Peace, name: str, request_: dict[str, Any]
) -> None:
    born.finish(f"bits-{name}", *SERIAL, **request_)
    assert answer(born.place / f"bits-{name}", "journal") == peace.answer


@pytest.mark.parametrize(
    ("seed", "threads"),
    [
        ("1", "1"),
        pytest.param("2", "2", marks=pytest.mark.campaign),
        pytest.param("42", "4", marks=pytest.mark.campaign),
        pytest.param("4294967295", "1", marks=pytest.mark.campaign),
        pytest.param("random", "2", marks=pytest.mark.campaign),
    ],
)
def test_when_hashes_and_threads_are_others_then_the_answer_is_the_same_bits(
    born: Nursery, peace: Peace, seed: str, threads: str
) -> None:
    other = nursery(born.place, born.words, PYTHONHASHSEED=seed, OMP_NUM_THREADS=threads)
    try:
        other.finish(f"bits-hash-{seed}", *SERIAL)
        assert answer(born.place / f"bits-hash-{seed}", "journal") == peace.answer
    finally:
        other.program.communicate(timeout=120)


def test_when_two_workers_do_it_then_the_answer_is_the_same_bits(born: Nursery, peace: Peace) -> None:
    born.finish("bits-two", "executor=processes", "executor.workers=2", "tracking=none")
    assert answer(born.place / "bits-two", "journal") == peace.answer


def test_when_the_rows_are_shuffled_then_trials_and_forecasts_are_the_same_bits(born: Nursery, peace: Peace) -> None:
    other = born.place / "shuffled.csv"
    shop(other, 2)
    born.finish("bits-rows", *SERIAL, f"dataset.path={other}")
    found = answer(born.place / "bits-rows", "journal")
    assert found["trials"] == peace.answer["trials"]
    assert sorted(found["forecasts"].values()) == sorted(peace.answer["forecasts"].values())


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        (("backtest.horizon=3",), "another config (backtest.horizon)"),
        (("tuning.seed=2",), "another search"),
        pytest.param(("tuning.over={model.l2: {low: 0.1, high: 1.0}}",), "another search", marks=pytest.mark.campaign),
        (("data",), "another data"),
        (("code",), "another code"),
    ],
    ids=["horizon", "seed", "space", "data", "code"],
)
def test_when_a_search_goes_on_with_something_else_then_it_is_refused_and_named(
    born: Nursery, words: tuple[str, ...], piece: str
) -> None:
    root, own = f"other-{words[0].partition('=')[0]}", born.place / f"{words[0].partition('=')[0]}.csv"
    shop(own, 1)
    begun = (*SERIAL, f"dataset.path={own}", "tuning.trials=1")
    born.finish(root, *begun)
    request: dict[str, Any] = {}
    if words == ("data",):
        with own.open("a", encoding="utf-8") as file:
            file.write("c01,2024-03-01,5.00\n")
    elif words == ("code",):
        request = {"code": "another"}
    else:
        begun = (*begun, *words)
    log = born.place / f"{root}-refused.log"
    assert born.wait(born.start(root, *begun, log=str(log), **request)) == 2
    (line,) = log.read_text(encoding="utf-8").splitlines()
    assert "changed-search" in line and piece in line and "--allow-change" in line
    assert line.count("another ") == 2, line  # the one piece, and the advice to type another study
    born.finish(root, *begun, "--allow-change", **request)
    assert _changes(born.place / root) == f"{piece.removeprefix('another ')} after 1 trials"


def _changes(root: Path) -> str:
    import optuna
    from searches import address

    study = optuna.load_study(study_name="hunt", storage=address(root, "journal"))
    return str(study.user_attrs["forecastlab.changed"])
