"""``forecastlab monitor``: whether forecasts in use are still as good as their backtest said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

ALARM = 6
"""The exit code of an alarm."""

SIGNS = {"alarm": "✗", "warning": "!", "early": "·", "fine": "✓"}


def main(arguments: Arguments) -> int:
    """Check, and tell every reason; 6 for an alarm."""
    if arguments.replay:
        return _replay(arguments)
    from rich.console import Console

    from forecastlab.task.monitor import monitor

    checked = monitor(arguments.overrides, arguments.folder, trust(arguments.trust))
    console = Console(highlight=False)
    console.print(f"{checked.version.name} version {checked.version.number}", markup=False)
    show_check(console, checked.findings)
    if checked.state == "early":
        console.print("too early to tell: no period that was foretold is over yet", markup=False)
    if checked.advice.kind != "nothing":
        console.print(f"what to do: {checked.advice.kind}, because {checked.advice.why}", markup=False, soft_wrap=True)
        console.print(f"  {checked.advice.command}", markup=False, soft_wrap=True)
    console.print(f"{checked.page}", markup=False, soft_wrap=True)
    return ALARM if checked.state == "alarm" else 0


def _replay(arguments: Arguments) -> int:
    """Every check of the replay; 0 whatever it finds, for nothing of it is in use."""
    from rich.console import Console

    from forecastlab.task.advice import advise
    from forecastlab.task.monitor_page import write_page
    from forecastlab.task.monitor_replay import replay

    told = replay(arguments.overrides, arguments.folder, trust(arguments.trust))
    console = Console(highlight=False)
    for _, check in told.history.groupby("now", sort=True):
        show_check(console, check)
    advice = advise(told.history, told.method)
    page = write_page(told.history, advice, told.method, told.root / "monitor" / "replay", told.language)
    console.print(f"{page}", markup=False, soft_wrap=True)
    return 0


def show_check(console: Console, check: pd.DataFrame) -> None:
    """One line for a check, and one for each reason."""
    from forecastlab.stages.watching import worst

    state = worst(check)
    counts = check["state"].value_counts()
    figures = ", ".join(f"{counts[name]} {name}" for name in SIGNS if name in counts)
    console.print(f"{SIGNS[state]} {check['now'].iloc[0]:%Y-%m-%d}  {state}: {figures}", markup=False)
    for row in check[check["state"].isin(["alarm", "warning"])].itertuples():
        console.print(f"    {row.check}: {row.words}", markup=False, soft_wrap=True)
