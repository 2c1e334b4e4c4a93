"""Trials in the tracking store: each once, whatever became of it, however often the search was killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from forecastlab.task import search_page, search_record
from forecastlab.task.search_record import SearchRecorder
from forecastlab.tracking.none import UntrackedRun
from forecastlab.tracking.tracker import Ended
from forecastlab.tracking.views import View
from forecastlab.tuning.space import Dimension, Proposal, Trial

SPACE = (Dimension("model.depth", whole=True, low=1, high=9),)


@dataclass(frozen=True)
class ToldRun(UntrackedRun):
    """A run that remembers its note and its views."""

    notes: list[str] = field(default_factory=list)
    views: list[View] = field(default_factory=list)

    def note(self, markdown: str) -> None:
        self.notes.append(markdown)

    def present(self, words: str, views: Sequence[View], others: Mapping[str, Mapping[str, str]]) -> None:
        assert words == ""  # the study's own description stays
        self.views.extend(views)


@dataclass
class FakeStore:
    """A store that remembers what it was told; its mark changes when it is made anew."""

    mark: str = "local 1"
    added: list[Ended] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    run: ToldRun = field(default_factory=lambda: ToldRun("search"))

    def open(self, study: str, description: str) -> FakeStore:
        return self

    def start(self, name: str, parent: object, tags: object, params: object, own: str = "") -> ToldRun:
        self.begun.append(own)
        return self.run

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
        ("trial 007 depth=8", "FINISHED"),
        ("trial 008 depth=9", "KILLED"),
        ("trial 009 depth=10", "FAILED"),
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
    assert [run.name for run in store.added] == ["trial 000 depth=1", "trial 001 depth=2", "trial 002 depth=3"]
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
    assert [run.name for run in new.added] == ["trial 000 depth=1"]


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


def test_when_a_search_ends_then_its_trials_are_listed_in_words_the_best_first(tmp_path: Path) -> None:
    store = FakeStore()
    ended = recorder(store, tmp_path)
    trials = [trial(3), trial(1), trial(8, "pruned"), trial(6, "failed", "ValueError: too deep")]
    ended.note(trials)
    ended.close(SPACE, trials, [], None)
    (note,) = store.run.notes
    assert "**Search hunt: trial 001 did best, loss 0.14286 with depth=2.**" in note
    assert note.startswith("[All trials, the best first](#/experiments/⟨study⟩/")  # below lies the button for more
    assert "| trial 001 | 0.14286 | depth=2 |\n| trial 003 | 0.42857 | depth=4 |" in note
    assert "Finished trials: 2; less is better." in note
    assert "- trial 006 failed: ValueError: too deep" in note
    (view,) = store.run.views
    assert (view.id, view.name, view.order.id, view.ascending) == ("search", "Search", "metrics.`final.loss`", True)
    assert view.wanted == "tags.kind = 'trial' and tags.`forecastlab.search` = 'token'"
    assert "params.`model.depth`" in [column.id for column in view.columns]
    assert {run.tags["kind"] for run in store.added} == {"trial"}
    assert {run.tags["forecastlab.search"] for run in store.added} == {"token"}


def test_when_a_trial_is_recorded_then_its_note_says_what_it_came_to(tmp_path: Path) -> None:
    store = FakeStore()
    recorder(store, tmp_path).note([trial(1), trial(8, "pruned")])
    done, pruned = (run.tags["mlflow.note.content"] for run in store.added)
    assert done.startswith("**Trial 001: loss 0.14286** (less is better)\n")
    assert pruned.startswith("**Trial 008: given up, others did better on the same folds**\n")
    assert "The loss over the folds so far, fold by fold: 0.5\n" in pruned
    assert store.added[0].tags["mlflow.runColor"] != store.added[1].tags["mlflow.runColor"]


def test_when_keys_end_alike_then_names_of_trials_have_them_whole() -> None:
    tried = {"model.depth": 2, "combined.depth": 0.123456, "model.fit_by": ["unique_id"]}
    assert search_page.values(tried) == 'model.depth=2 combined.depth=0.1235 fit_by=["unique_id"]'
    many = Trial(7, Proposal({f"model.value_{n}": n for n in range(40)}, {}), "done", (), (1.0,), 0.5)
    assert search_page.name(many).startswith("trial 007 value_0=0 value_1=1") and len(search_page.name(many)) <= 100
