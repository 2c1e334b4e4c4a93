"""How far a search is: a live line in a terminal, a line per trial in a log file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from forecastlab.tuning.space import Trial


MINUTES = 120
"""Seconds from which on the time left is told in minutes."""


class SearchProgress:
    """The best so far, trials an hour, the time that is left, and how many trials were given up or failed."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._console = console
        self._live = Progress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._bar = self._live.add_task("preparing", total=None)
        self._started = time.monotonic()
        self._kept = self._done = self._total = 0
        self._states = {"done": 0, "pruned": 0, "failed": 0}

    def __enter__(self) -> SearchProgress:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()
        if kind is KeyboardInterrupt:
            self._console.print(f"{self._done} of {self._total} trials are kept", soft_wrap=True)

    def begin(self, name: str, trials: int, kept: int, budget: Mapping[str, Any]) -> None:
        """A search of so many trials starts, or goes on after those that were kept."""
        self._states = dict.fromkeys(self._states, 0)
        self._live.start()
        self._started, self._kept, self._done, self._total = time.monotonic(), kept, kept, max(trials, kept)
        said = f"{name}: " * bool(name) + f"{trials} trials" + (f", {kept} of them kept from before" if kept else "")
        if budget:
            said += f"; {budget['seconds']:g} s of CPU at {budget['seconds_per_trial']:.2f} s a trial"
        self._console.print(said, markup=False, soft_wrap=True)
        self._live.update(self._bar, total=self._total, completed=kept)

    def step(self, trial: Trial, best: Trial | None) -> None:
        """A trial is over."""
        self._done += 1
        self._states[trial.state] += 1
        found = f"best {best.value:.4f} (trial {best.index})" if best else "none finished"
        if self._live.disable:
            values = " ".join(f"{value:.4f}" for value in trial.values)
            state = values if trial.state == "done" else f"{trial.state} {trial.reason}".strip()
            print(f"  trial {trial.index}: {state}, {found}, {self._pace()}", flush=True)
            return
        given_up = [f"{count} {state}" for state, count in self._states.items() if count and state != "done"]
        if trial.state == "failed":
            self._live.console.print(f"  trial {trial.index} failed: {trial.reason}", markup=False, soft_wrap=True)
        said = " · ".join([found, self._pace(), *given_up])
        self._live.update(self._bar, completed=self._done, description=said)

    def stop(self) -> None:
        """The search is over; what comes now is not trials."""
        self._live.stop()

    def _pace(self) -> str:
        """How many trials an hour, and how long the rest will take."""
        seconds = (time.monotonic() - self._started) / max(self._done - self._kept, 1)
        left = (self._total - self._done) * seconds
        told = f"{left / 60:.0f} min" if left >= MINUTES else f"{left:.0f} s"
        return f"{3600 / max(seconds, 1e-9):.0f} an hour, {told} left"
