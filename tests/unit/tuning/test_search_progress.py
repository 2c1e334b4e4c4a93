"""How far a search is: a live line in a terminal, a line per trial in a log file."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from forecastlab.cli.search_progress import SearchProgress
from forecastlab.tuning.space import Proposal, Trial


def trial(index: int, state: str, value: float = 0.5) -> Trial:
    values = (value,) if state == "done" else ()
    return Trial(index, Proposal({}, {}), state, (value,), values, 1.0, "boom" if state == "failed" else "")  # type: ignore[arg-type]


def test_when_it_is_a_log_file_then_every_trial_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with SearchProgress(Console(file=io.StringIO(), force_terminal=False)) as progress:
        progress.begin("", 4, 1, {})
        progress.step(trial(1, "done", 0.25), trial(1, "done", 0.25))
        progress.step(trial(2, "failed"), trial(1, "done", 0.25))
        progress.step(trial(3, "pruned"), trial(1, "done", 0.25))
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(", best")[0] for line in lines] == [
        "  trial 1: 0.2500",
        "  trial 2: failed boom",
        "  trial 3: pruned",
    ]
    assert all("best 0.2500 (trial 1)" in line and " an hour, " in line for line in lines)
    assert lines[-1].endswith(" 0 s left")


def test_when_it_is_a_terminal_then_one_line_lives(capsys: pytest.CaptureFixture[str]) -> None:
    screen = io.StringIO()
    with SearchProgress(Console(file=screen, force_terminal=True, width=120, highlight=False)) as progress:
        progress.begin("", 10, 0, {})
        progress.step(trial(0, "done", 0.25), trial(0, "done", 0.25))
        progress.step(trial(1, "failed"), trial(0, "done", 0.25))
        progress.step(trial(2, "pruned"), trial(0, "done", 0.25))
    shown = screen.getvalue()
    for word in (
        "3/10",
        "best 0.2500 (trial 0)",
        "an hour",
        " left",
        "1 pruned",
        "1 failed",
        "trial 1 failed: boom",
    ):
        assert word in shown
    assert not capsys.readouterr().out


def test_when_it_is_stopped_then_it_says_how_many_trials_are_kept() -> None:
    screen = io.StringIO()
    with pytest.raises(KeyboardInterrupt), SearchProgress(Console(file=screen, force_terminal=False)) as progress:
        progress.begin("", 9, 3, {})
        progress.step(trial(3, "done"), trial(3, "done"))
        raise KeyboardInterrupt
    assert screen.getvalue().splitlines()[-1] == "4 of 9 trials are kept"
