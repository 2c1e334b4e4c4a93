"""``forecastlab report study=NAME``: the report of a study as one HTML file."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.task.report.again import report


def main(arguments: Arguments) -> int:
    """Write the report and say where it is."""
    print(report(arguments.overrides, arguments.folder, trust(arguments.trust)))
    return 0
