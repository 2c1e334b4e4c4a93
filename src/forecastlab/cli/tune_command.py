"""``forecastlab tune``: live progress of a search, then the winner beside the default."""

from __future__ import annotations

import shlex
import sys
import time

from forecastlab.cli.arguments import Arguments


def main(arguments: Arguments) -> int:
    """Search values; 4 if trials failed and the rest was kept."""
    from rich.console import Console

    from forecastlab.cli.show import show_board
    from forecastlab.recipe import trust
    from forecastlab.task import run, tune

    console = Console(highlight=False)
    started, before, failed, total = time.monotonic(), 0, 0, 0
    for event in tune.tune(arguments.overrides, arguments.folder, arguments.allow_change, trust(arguments.trust)):
        match event:
            case tune.SearchBegins(trials, done):
                total, before = trials, done
                console.print(f"{trials} trials" + (f", {done} of them kept from before" if done else ""))
            case tune.TrialEnds(trial, best):
                before += 1
                failed += trial.state == "failed"
                state = f"{trial.value:.4f}" if trial.state == "done" else f"{trial.state} {trial.reason}".strip()
                found = f", best {best.value:.4f} (trial {best.index})" if best else ""
                print(f"  trial {trial.index}: {state}{found}, {_left(started, before, total)}", flush=True)
            case tune.SearchEnds(_, best, overrides):
                console.print(f"best of the selection folds: {best.value:.4f} (trial {best.index})")
                console.print(f"  {shlex.join(overrides)}", markup=False, soft_wrap=True)
            case run.RunEnds(name, _, _, reason) if reason:
                failed += 1
                print(f"forecastlab: failed: {name}: {reason}", file=sys.stderr)
            case run.StudyEnds(study, board, folder):
                if board is not None:
                    show_board(console, board, study)
                console.print(f"{folder}/leaderboard.csv", soft_wrap=True)
    return 4 if failed else 0


def _left(started: float, done: int, total: int) -> str:
    """How many trials an hour, and how long the rest will take."""
    pace = (time.monotonic() - started) / max(done, 1)
    return f"{3600 / pace:.0f} an hour, {(total - done) * pace / 60:.0f} min left"
