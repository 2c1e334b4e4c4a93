"""The study in the tracking store, opened when there is something new to record and not before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecastlab.flow.outcome import Outcome
from forecastlab.task import record
from forecastlab.task.board import Board
from forecastlab.task.study_page import Scenery
from forecastlab.tracking.tracker import Run, Status, Study, Tracker


class Recorder:
    """One invocation: a parent run with a child for each run that is new; finished ones are linked to it.

    An invocation that finds everything finished leaves no trace, and does not wait for the store.
    """

    def __init__(self, tracker: Tracker, study: str, question: str, runs: int) -> None:
        self._tracker = tracker
        self._name = study
        self._question = question
        self._runs = runs
        self._reused: list[str] = []
        self._study: Study | None = None
        self._parent: Run | None = None
        self._scenery: Scenery | None = None

    @property
    def mark(self) -> str:
        """Which store this is: a run that was recorded in this one need not be recorded again."""
        return self._tracker.mark

    def reuse(self, key: str) -> None:
        """Note that a finished run answers again."""
        self._reused.append(key)

    def has(self, key: str) -> bool:
        """Whether the store has the finished run: one that was sent when its process died is noted nowhere else."""
        return bool(self.mark) and self._opened().find(key) is not None

    def child(self, name: str, tags: Mapping[str, str], params: Mapping[str, Any]) -> Run:
        """A new run below the parent, in place of those that failed at the same question."""
        study = self._opened()
        if self._parent is None:
            tagged = {"kind": "study", "forecastlab.study": self._name}
            self._parent = study.start(self._name, None, tagged, {"runs": self._runs})
        study.replace(tags["forecastlab.key"])
        return study.start(name, self._parent, tags, params)

    def on(self, scenery: Scenery) -> None:
        """Note what the runs are about: their data, their folds, their metrics."""
        self._scenery = self._scenery or scenery

    def close(self, status: Status, board: Board | None, outcomes: Mapping[str, Outcome], folder: Path) -> None:
        """End the parent, if there is one, with the leaderboard and links to what was reused."""
        if self._parent is None:
            return
        for key in self._reused:
            found = self._opened().find(key)
            if found is not None:
                self._parent.link(found)
        if board is not None:
            record.log_study(self._parent, board, outcomes, self._question, folder, self._scenery)
        self._parent.finish(status)

    def _opened(self) -> Study:
        if self._study is None:
            self._study = self._tracker.open(self._name, self._question)
        return self._study
