"""``forecastlab run``: live progress, then the leaderboard."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from forecastlab.cli.arguments import Arguments
from forecastlab.cli.info import show_info
from forecastlab.flow.outcome import Outcome
from forecastlab.recipe import trust
from forecastlab.task import run as task

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def main(arguments: Arguments) -> int:
    """Run a study, or the several that an experiment stands for; 4 if something failed and the rest was kept."""
    trusted = trust(arguments.trust)
    parts = task.studies(arguments.overrides, arguments.folder, trusted)
    if parts:
        return max([main(replace(arguments, overrides=overrides)) for overrides in parts])
    runs = task.recipes(arguments.overrides, arguments.folder, arguments.multirun, trusted)
    if arguments.info:
        return show_info(arguments.info, runs[0].recipe.composed)
    if arguments.cfg:
        return _print_configs(runs)
    from rich.console import Console

    from forecastlab.cli.show import show_board

    console = Console(highlight=False)
    started = time.monotonic()
    problems: list[str] = []
    with _progress(console) as progress:
        bar = progress.add_task("loading the data", total=None)
        before = 0
        for event in task.run_study(runs):
            match event:
                case task.RunBegins(name, folds):
                    before = runs.index(next(run for run in runs if run.name == name)) * folds
                    progress.update(bar, description=name, total=len(runs) * folds, completed=before)
                case task.FoldEnds():
                    progress.advance(bar)
                case task.RunEnds(name, outcome, reused, reason):
                    console.print(_line(name, outcome, reused), markup=False)
                    if reason:
                        problems.append(f"{name}: {reason}")
                        print(f"forecastlab: failed: {problems[-1]}", file=sys.stderr)
                case task.StudyEnds(study, board, folder):
                    progress.stop()
                    if board is not None:
                        show_board(console, board, study)
                    if len(runs) > 1 and problems:
                        console.print(f"{len(problems)} of {len(runs)} runs failed, as a whole or in some folds:")
                        console.print("".join(f"  {problem}\n" for problem in problems), markup=False, end="")
                    if board is not None:
                        console.print(f"{folder}/report.html", soft_wrap=True)
                    console.print(f"{folder}/leaderboard.csv ({time.monotonic() - started:.0f} s)", soft_wrap=True)
    return 4 if problems else 0


def _progress(console: Console) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("folds ·"),
        TimeElapsedColumn(),
        TextColumn("· left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,  # a log file is told by lines, not by a bar
    )


def _line(name: str, outcome: Outcome | None, reused: bool) -> str:
    if outcome is None:
        return f"  {name}: failed"
    state = "kept from before" if reused else f"{outcome.facts.seconds:.1f} s of CPU"
    failed = f", {len(outcome.facts.failed)} folds failed" if outcome.facts.failed else ""
    return f"  {name}: {state}{failed}"


def _print_configs(runs: list[task.Named]) -> int:
    """Print the resolved config of each run as YAML."""
    import yaml

    for i, named in enumerate(runs):
        print("---\n" * bool(i) + yaml.safe_dump(named.recipe.plain, sort_keys=False, allow_unicode=True), end="")
    return 0
