"""``forecastlab predict model=champion horizon=8``: what the registered method says of the periods to come."""

from __future__ import annotations

import sys

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.schema import names


def main(arguments: Arguments) -> int:
    """Foretell, keep, and show the forecast of the highest level."""
    from rich.console import Console

    from forecastlab.cli.show import forecast_table
    from forecastlab.task.predict import predict

    told = predict(arguments.overrides, arguments.folder, trust(arguments.trust))
    about, console = told.about, Console(highlight=False)
    source = "fitted to the data up to" if about["mode"] == "refit" else "as it was registered, with data up to"
    console.print(f"{about['name']} version {about['version']}, {source} {about['cutoff']}", markup=False)
    console.print(forecast_table(told.frame))
    series = told.frame[names.SERIES].nunique()
    console.print(f"{series} series, {about['horizon']} periods", markup=False)
    for note in about["notes"]:
        print(f"forecastlab: note: {note}", file=sys.stderr)
    console.print(f"{told.out or told.folder / 'forecast.parquet'}", markup=False, soft_wrap=True)
    return 0
