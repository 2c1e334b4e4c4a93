"""``forecastlab predict model=champion horizon=8``: what the registered method says of the periods to come."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.schema import names

if TYPE_CHECKING:
    from forecastlab.task.plans import Planned

ROWS = 12
"""Rows of a plan that are shown; the file has them all."""


def main(arguments: Arguments) -> int:
    """Foretell, keep, and show the forecast of the highest level."""
    from rich.console import Console

    from forecastlab.cli.show import customer_table, forecast_table
    from forecastlab.task.located import main_file
    from forecastlab.task.plans import asks_for_plan
    from forecastlab.task.predict import predict

    if asks_for_plan(arguments.overrides):
        return _plan(arguments)
    told = predict(arguments.overrides, arguments.folder, trust(arguments.trust))
    about, console = told.about, Console(highlight=False)
    customers = about.get("unit") == "customer"
    stored = "asked about customers as known on" if customers else "with data up to"
    source = "fitted to the data up to" if about["mode"] == "refit" else f"as it was registered, {stored}"
    console.print(f"{about['name']} version {about['version']}, {source} {about['cutoff']}", markup=False)
    console.print(customer_table(told.frame) if customers else forecast_table(told.frame))
    things = f"{told.frame[names.SERIES].nunique()} {'customers' if customers else 'series'}"
    console.print(f"{things}, {about['horizon']} periods", markup=False)
    for note in about["notes"]:
        print(f"forecastlab: note: {note}", file=sys.stderr)
    kept = told.folder / f"{main_file(about)}.parquet"
    console.print(f"{told.out or kept}", markup=False, soft_wrap=True)
    return 0


def _plan(arguments: Arguments) -> int:
    """Foretell, and show and keep a department's plan."""
    from forecastlab.task.plans import planned

    made = planned(arguments.overrides, arguments.folder, trust(arguments.trust))
    show_plan(made, (made.table,))
    return 0


def show_plan(made: Planned, files: Sequence[Path]) -> None:
    """The first rows of a plan, what is to be known of it, and where it lies."""
    from rich.console import Console

    about, console = made.prediction.about, Console(highlight=False)
    console.print(f"{made.name} by {about['name']} version {about['version']}, from {about['cutoff']}", markup=False)
    shown = made.plan.table.head(ROWS).to_string(index=False, float_format=lambda value: f"{value:,.2f}")
    console.print(shown, markup=False, soft_wrap=True)
    if len(made.plan.table) > ROWS:
        rest = f"... {ROWS} of {len(made.plan.table)} rows; all of them are in the files below"
        console.print(rest, markup=False, soft_wrap=True)
    for note in (*made.plan.notes, *about["notes"]):
        print(f"forecastlab: note: {note}", file=sys.stderr)
    for file in files:
        console.print(f"{file} ({len(made.plan.table)} rows)", markup=False, soft_wrap=True)
    console.print(f"{made.page}", markup=False, soft_wrap=True)
