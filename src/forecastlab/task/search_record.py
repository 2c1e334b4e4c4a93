"""A search in the tracking store: one run for the search, and below it one for each trial."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from forecastlab.task import search_page
from forecastlab.task.figures import readable, short
from forecastlab.task.optimism import Optimism
from forecastlab.tracking.tracker import Ended, Run, Status, Study, Tracker
from forecastlab.tuning.space import Space, Trial, best

PAUSE = 10.0
"""Seconds between two messages to the store: trials go there together."""
STATUS: Mapping[str, Status] = {"done": "FINISHED", "pruned": "KILLED", "failed": "FAILED"}


class SearchRecorder:
    """Records every trial of a search once, whoever ran it and however often the search was killed.

    The search's run and those of its trials have ids of their own, made of the search's ``token``: recorded again they
    are the same runs. ``folder/recorded.txt`` says which trials a store has. A search that has nothing new leaves no
    trace and does not wait for the store.
    """

    def __init__(
        self,
        tracker: Tracker,
        study: str,
        question: str,
        folder: Path,
        token: str,
        params: Mapping[str, Any],
        objectives: Sequence[str],
        label: str,
    ) -> None:
        self._title_of_all = f"search {study} {label}".strip()
        self._label = label
        self._tracker = tracker
        self._name = study
        self._question = question
        self._marks = folder / "recorded.txt"
        self._token = token
        self._params = params
        self._objectives = objectives
        self._open: tuple[Study, Run] | None = None
        self._waiting: dict[int, Trial] = {}
        self._sent = time.monotonic()

    def note(self, trials: Sequence[Trial]) -> None:
        """Record these trials, soon."""
        known = self._recorded()
        self._waiting |= {trial.index: trial for trial in trials if str(trial.index) not in known}
        if self._waiting and time.monotonic() - self._sent >= PAUSE:
            self._send()

    def stop(self) -> None:
        """End the search's run where it was interrupted; what was not sent is sent when the search goes on."""
        if self._open is not None:
            self._open[1].finish("KILLED")
            self._open = None

    def close(self, space: Space, trials: Sequence[Trial], files: Sequence[Path], found: Optimism | None) -> None:
        """Send what is left, and end the search's run with its figures, its tables and its pictures."""
        whole = f"all-{len(trials)}"
        if self._waiting:
            self._send()
        if not self._tracker.mark or (self._open is None and whole in self._recorded()):
            return
        _, run = self._opened()
        states = [trial.state for trial in trials]
        figures: dict[str, float] = {f"n_{state}": sum(state == each for each in states) for state in STATUS}
        figures |= {"n_trials": len(trials), "seconds": sum(trial.seconds for trial in trials)}
        winner = best(trials)
        if winner is not None:
            figures |= {f"best.{name}": value for name, value in zip(self._objectives, winner.values, strict=True)}
            run.tags({"forecastlab.best": search_page.name(winner)})
        if found is not None:
            for name, row in zip(("default", "tuned"), found.table.to_dict("records"), strict=True):
                figures |= {f"{found.metric}.{role}.{name}": row[role] for role in ("select", "test")}
                figures[f"optimism.{name}"] = row["optimism"]
        run.metrics(readable(figures))
        run.note(search_page.search_note(self._title_of_all, self._label, trials, self._objectives, found))
        run.present("", [search_page.view(self._label, self._token, space, self._objectives)], {})
        for path in files:
            run.artifact(path, None)
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            picture = Path(place, "search.html")
            picture.write_text(self._page(space, trials), encoding="utf-8")
            run.artifact(picture, "plots")
        run.finish("FINISHED" if winner is not None else "FAILED")
        self._open = None
        self._mark([whole])

    def _page(self, space: Space, trials: Sequence[Trial]) -> str:
        from forecastlab.tuning.pictures import page  # plotly comes with it

        return page(self._title_of_all.capitalize(), space, trials, self._objectives)

    def _send(self) -> None:
        study, run = self._opened()
        known = self._recorded()
        fresh = [trial for index, trial in sorted(self._waiting.items()) if str(index) not in known]
        study.add(run, [self._ended(trial) for trial in fresh])
        self._mark([str(trial.index) for trial in fresh])
        self._waiting.clear()
        self._sent = time.monotonic()

    def _opened(self) -> tuple[Study, Run]:
        """The search's run, begun or gone on with when there is something to record and not before."""
        if self._open is None:
            study = self._tracker.open(self._name, self._question)
            tags = {"kind": "search", "forecastlab.study": self._name, "forecastlab.search": self._token}
            own = self._id("search", json.dumps(self._params, sort_keys=True, default=str))
            self._open = study, study.start(self._title_of_all, None, tags, self._params, own)
        return self._open

    def _ended(self, trial: Trial) -> Ended:
        tags = {"kind": "trial", "forecastlab.search": self._token}
        tags |= {"forecastlab.state": trial.state, "forecastlab.trial": str(trial.index)}
        tags |= {"forecastlab.reason": trial.reason} if trial.reason else {}
        tags |= search_page.looks(trial, self._objectives)
        final = {f"final.{name}": value for name, value in zip(self._objectives, trial.values, strict=False)}
        metrics = [("loss", short(loss), fold) for fold, loss in enumerate(trial.losses)]
        metrics += [(name, value, 0) for name, value in readable(final | {"seconds": trial.seconds}).items()]
        own, name = self._id("trial", str(trial.index)), search_page.name(trial)
        return Ended(own, name, STATUS[trial.state], tags, trial.params, metrics)

    def _id(self, *words: str) -> str:
        return hashlib.sha256("/".join([self._token, self._tracker.mark, *words]).encode()).hexdigest()[:32]

    def _mark(self, words: Sequence[str]) -> None:
        if self._tracker.mark:
            with self._marks.open("a", encoding="utf-8") as file:
                file.write("".join(f"{word} {self._tracker.mark}\n" for word in words))

    def _recorded(self) -> set[str]:
        """Trials that this store has, and ``all-8`` if it has the end of a search of 8; a torn line does not count."""
        if not self._marks.is_file():
            return set()
        lines = self._marks.read_text(encoding="utf-8").splitlines(keepends=True)
        ours = [line.partition(" ") for line in lines]
        return {word for word, _, place in ours if place == f"{self._tracker.mark}\n"}
