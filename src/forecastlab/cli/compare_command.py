"""``forecastlab compare study=NAME``: the leaderboard of all finished runs."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.task.compare import compare


def main(arguments: Arguments) -> int:
    """Print the leaderboard of a study without running anything."""
    from rich.console import Console

    from forecastlab.cli.show import show_board

    study, board, folder = compare(arguments.overrides, arguments.folder, trust(arguments.trust))
    console = Console(highlight=False)
    show_board(console, board, study)
    console.print(f"{folder}/leaderboard.csv", soft_wrap=True)
    return 0
