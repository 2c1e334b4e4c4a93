"""``forecastlab plan``: folds with their dates, what the embargo drops, series, fits, and an estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecastlab.cli.arguments import Arguments
from forecastlab.cli.info import show_info
from forecastlab.recipe import trust
from forecastlab.schema import written
from forecastlab.task.plan import Plan, plan
from forecastlab.task.run import recipes

if TYPE_CHECKING:
    from rich.table import Table


def main(arguments: Arguments) -> int:
    """Print what a run would do."""
    from rich.console import Console

    if arguments.info:
        runs = recipes(arguments.overrides, arguments.folder, arguments.multirun, trust(arguments.trust))
        return show_info(arguments.info, runs[0].recipe.composed)
    found = plan(arguments.overrides, arguments.folder, arguments.multirun, trust(arguments.trust))
    console = Console(highlight=False)
    facts = found.prepared.log.facts
    ends = found.prepared.ends
    console.print(f"data      {facts.first_day} to {facts.last_day}, {facts.ledger.rows_used:,} rows")
    if found.warmup:
        console.print(f"warm-up   {found.warmup} days feed the segmentation and are not in the panel")
    if len(ends):
        panel = f"{len(ends)} complete periods of {found.prepared.calendar.freq.code}"
        console.print(f"panel     {panel}, {written(ends[0])} to {written(ends[-1])}")
    console.print(f"{found.units:<9} at most {found.series:,}\n")
    console.print(_folds(found))
    console.print()
    console.print(_work(found))
    peak = max(work.mb for work in found.work)
    console.print(
        f"\nabout {_duration(found.seconds)} on {found.workers} workers of about {peak:,.0f} MB each"
        " (measured on a few made-up series; what the cache holds costs nothing)",
        soft_wrap=True,
    )
    return 0


def _folds(found: Plan) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("fold", "role", "knows up to", "foretells from", "to", "fit"):
        table.add_column(column)
    rows = [(fold, "") for fold in found.prepared.split.folds] + list(found.prepared.split.dropped)
    rows.sort(key=lambda row: row[0].cutoff)
    number = 0
    for fold, why in rows:
        number += not why
        dates = fold.dates
        label = "dropped" if why else str(number)
        fit = why or f"fit {fold.block + 1}"
        row = (label, fold.role, written(fold.cutoff), written(dates[0]), written(dates[-1]), fit)
        table.add_row(*row, style="dim" if why else None)
    return table


def _work(found: Plan) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("method")
    for column in ("fits", found.units, "CPU, about"):
        table.add_column(column, justify="right")
    for work in found.work:
        title = f"{work.run}: {work.member}" if work.member else work.run
        table.add_row(escape(title), str(work.fits), f"{work.series:,}", _duration(work.seconds))
    return table


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "under 1 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
