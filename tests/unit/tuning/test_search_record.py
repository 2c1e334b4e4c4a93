"""Trials in the tracking store: each once, whatever became of it, however often the search was killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from forecastlab.task import search_record
from forecastlab.task.search_record import SearchRecorder
from forecastlab.tracking.none import UntrackedRun
from forecastlab.tracking.tracker import Ended
from forecastlab.tuning.space import Dimension, Proposal, Trial

SPACE = (Dimension("model.depth", whole=True, low=1, high=9),)


@dataclass
class FakeStore:
    """A store that remembers what it was told; its mark changes when it is made anew."""

    mark: str = "local 1"
    added: list[Ended] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    def open(self, study: str, description: str) -> FakeStore:
        return self

    def start(self, name: str, parent: object, tags: object, params: object, own: str = "") -> UntrackedRun:
        self.begun.append(own)
        return UntrackedRun(own)

    def add(self, parent: object, runs: Sequence[Ended]) -> None:
        self.added += runs


def trial(index: int, state: str = "done", reason: str = "") -> Trial:
    values = (index / 7,) if state == "done" else ()
    losses = (0.5,) if state != "failed" else ()
    return Trial(index, Proposal({"model.depth": index + 1}, {}), state, losses, values, 0.5, reason)  # type: ignore[arg-type]


def recorder(store: FakeStore, folder: Path) -> SearchRecorder:
    return SearchRecorder(store, "hunt", "", folder, "token", {"tuning.sampler": "tpe"}, ["loss"], "")  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_record, "PAUSE", 0.0)


def test_when_a_trial_was_given_up_or_failed_then_its_run_says_so(tmp_path: Path) -> None:
    store = FakeStore()
    recorder(store, tmp_path).note([trial(7), trial(8, "pruned"), trial(9, "failed", "ValueError: too deep")])
    assert [(run.name, run.status) for run in store.added] == [
        ("trial 007", "FINISHED"),
        ("trial 008", "KILLED"),
        ("trial 009", "FAILED"),
    ]
    assert store.added[2].tags["forecastlab.reason"] == "ValueError: too deep"
    assert [name for name, _, _ in store.added[0].metrics] == ["loss", "final.loss", "seconds"]
    assert [name for name, _, _ in store.added[1].metrics] == ["loss", "seconds"]
    assert store.added[0].params == {"model.depth": 8}


def test_when_a_killed_search_goes_on_then_only_what_is_missing_is_recorded(tmp_path: Path) -> None:
    store = FakeStore()
    recorder(store, tmp_path).note([trial(0), trial(1)])
    again = recorder(store, tmp_path)
    again.note([trial(0), trial(1), trial(2)])
    assert [run.name for run in store.added] == ["trial 000", "trial 001", "trial 002"]
    assert len(set(store.begun)) == 1  # the search's run is the same one


def test_when_the_note_of_a_trial_was_torn_then_it_is_recorded_as_the_same_run(tmp_path: Path) -> None:
    store = FakeStore()
    recorder(store, tmp_path).note([trial(0), trial(1)])
    marks = tmp_path / "recorded.txt"
    marks.write_text(marks.read_text(encoding="utf-8")[:-4], encoding="utf-8")
    recorder(store, tmp_path).note([trial(0), trial(1)])
    first, second, again = store.added
    assert (again.name, again.id) == (second.name, second.id) and first.id != second.id


def test_when_the_store_was_deleted_then_all_trials_are_recorded_in_the_new_one(tmp_path: Path) -> None:
    old, new = FakeStore("local 1"), FakeStore("local 2")
    recorder(old, tmp_path).note([trial(0)])
    recorder(new, tmp_path).note([trial(0)])
    assert [run.name for run in new.added] == ["trial 000"]


def test_when_a_finished_search_is_asked_again_then_the_store_is_not_opened(tmp_path: Path) -> None:
    store = FakeStore()
    first = recorder(store, tmp_path)
    first.note([trial(0)])
    first.close(SPACE, [trial(0)], [], None)
    opened = len(store.begun)
    again = recorder(store, tmp_path)
    again.note([trial(0)])
    again.close(SPACE, [trial(0)], [], None)
    assert len(store.begun) == opened == 1


def test_when_a_search_was_killed_before_its_end_then_the_end_is_recorded_later(tmp_path: Path) -> None:
    store = FakeStore()
    first = recorder(store, tmp_path)
    first.note([trial(0)])
    first.stop()
    again = recorder(store, tmp_path)
    again.note([trial(0)])
    again.close(SPACE, [trial(0)], [], None)
    assert len(store.added) == 1 and len(store.begun) == 2
    assert "all-1 local 1\n" in (tmp_path / "recorded.txt").read_text(encoding="utf-8")
