"""``forecastlab tune``: live progress of a search, then the winner beside the default."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.cli.arguments import Arguments
from forecastlab.schema import ConfigError, EnvironmentFault, Fault

if TYPE_CHECKING:
    from rich.console import Console

    from forecastlab.task.judge import Judged
    from forecastlab.task.tune import SearchEnds


FRONT = 12
"""Trials of a Pareto front that are shown."""


def main(arguments: Arguments) -> int:
    """Search values; 4 if trials failed and the rest was kept."""
    from rich.console import Console

    from forecastlab.cli.search_progress import SearchProgress
    from forecastlab.cli.show import show_board
    from forecastlab.recipe import trust
    from forecastlab.task import judge, run, tune

    _make_room(arguments.export)
    console = Console(highlight=False)
    problems, study = 0, ""
    with SearchProgress(console) as progress:
        for event in tune.tune(
            arguments.overrides, arguments.folder, arguments.allow_change, trust(arguments.trust), arguments.multirun
        ):
            match event:
                case tune.SearchesAsked(names) if len(names) > 1 and arguments.export is not None:
                    what = "there are several searches; each leaves a best.yaml in the study's folder tuning/"
                    raise ConfigError(Fault("bad-option", "--export", what, "take it out"))
                case tune.SearchBegins(name, trials, done, budget):
                    progress.begin(name, trials, done, budget)
                case tune.TrialEnds(trial, best):
                    problems += trial.state == "failed"
                    progress.step(trial, best)
                case tune.SearchEnds():
                    progress.stop()
                    _show_winner(console, event)
                case run.RunEnds(name, _, _, reason) if reason:
                    problems += 1
                    print(f"forecastlab: failed: {name}: {reason}", file=sys.stderr)
                case run.StudyEnds(study, board, folder):
                    if board is not None:
                        show_board(console, board, study)
                        console.print(f"{folder}/report.html", soft_wrap=True)
                    console.print(f"{folder}/leaderboard.csv", soft_wrap=True)
                case judge.Judged():
                    _show_judged(console, event, study, arguments)
    return 4 if problems else 0


def _show_winner(console: Console, found: SearchEnds) -> None:
    from forecastlab.tuning.space import front

    console.print(f"best of the selection folds: {found.best.value:.4f} (trial {found.best.index})")
    console.print(f"  {shlex.join(found.overrides)}", markup=False, soft_wrap=True)
    if len(found.objectives) > 1:
        beaten_by_none = front(found.trials)
        console.print(f"Pareto front, trials that no other one beats in all of {', '.join(found.objectives)}:")
        for trial in beaten_by_none[:FRONT]:
            told = [f"{name} {value:.4f}" for name, value in zip(found.objectives, trial.values, strict=True)]
            console.print(f"  trial {trial.index}: {', '.join(told)}", markup=False, soft_wrap=True)
        if len(beaten_by_none) > FRONT:
            console.print(f"  and {len(beaten_by_none) - FRONT} more, see trials.csv")


def _show_judged(console: Console, judged: Judged, study: str, arguments: Arguments) -> None:
    """Tell how much of the gain may be luck, and where the found config is. Raises ConfigError if it cannot be kept."""
    for line in judged.optimism.lines() if judged.optimism is not None else []:
        console.print(line, markup=False, soft_wrap=True)
    export = arguments.export
    if isinstance(judged.experiment, ConfigError):
        if export is not None:
            raise judged.experiment
        return
    found = judged.experiment
    if export is not None:
        found = Path(export or f"{study}_best.yaml")
        shutil.copyfile(judged.experiment, found)
    console.print(f"{found}", markup=False, soft_wrap=True)
    values = f"+params={judged.search}/best" if judged.search else "+params=best"
    words = ["forecastlab", "run", values, f"study={study}"]
    words += ["--config-dir", str(arguments.folder)] if arguments.folder is not None else []
    words += [word for name in arguments.trust for word in ("--trust", name)]
    console.print(f"to run it again: {shlex.join(words)}", markup=False, soft_wrap=True)


def _make_room(export: str | None) -> None:
    """Make the folder for the found config now. Raises EnvironmentFault: not hours later."""
    try:
        Path(export or ".").parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"its folder cannot be made: {error.strerror}"
        raise EnvironmentFault(Fault("no-folder", f"--export {export}", what, "name another file")) from error
