"""``forecastlab profile dataset=…``: how good the data is, who its customers are; one page, nothing is fitted."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.cli.info import show_info
from forecastlab.recipe import build, compose, trust


def main(arguments: Arguments) -> int:
    """Profile, show the shares and what is left out; 3 where the data is not as good as ``quality.require``."""
    from rich.console import Console
    from rich.table import Table

    from forecastlab.task.data_gate import percent
    from forecastlab.task.profile.make import OUT, profile

    trusted = trust(arguments.trust)
    if arguments.info:
        words = [word for word in arguments.overrides if not word.startswith(OUT)]
        return show_info(arguments.info, build(compose(words, arguments.folder, trusted)).composed)
    made = profile(arguments.overrides, arguments.folder, trusted)
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, share in made.shares.items():
        table.add_row(name, percent(share), style="bold" if name == "accuracy" else None)
    console.print(table)
    if made.verdict is not None:
        console.print(made.verdict.words, markup=False)
    for why in dict.fromkeys(made.absent.values()):
        looks = ", ".join(look for look, each in made.absent.items() if each == why)
        console.print(f"left out: {looks}: {why}", markup=False, soft_wrap=True)
    console.print(f"{made.page}", markup=False, soft_wrap=True)
    if made.verdict is not None and not made.verdict.passed:
        raise made.verdict.error
    return 0
