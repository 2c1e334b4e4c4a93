"""``forecastlab sync``: send to the store what could not be sent before."""

from __future__ import annotations

import sys

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import compose
from forecastlab.tracking.sync import sync


def main(arguments: Arguments) -> int:
    """Ship every run that waits; 5 if something is left."""
    tracking = compose(arguments.overrides, arguments.folder).values.get("tracking", {})
    report = sync(str(tracking.get("root", "mlruns")), tracking.get("uri"))
    print(f"{len(report.shipped)} runs sent, {len(report.ended)} ended for processes that died")
    for run, why in report.refused.items():
        print(f"forecastlab: the store refused {run}: {why}", file=sys.stderr)
    if report.unreachable:
        print(f"forecastlab: the store cannot be reached: {report.unreachable}", file=sys.stderr)
    return 0 if report.complete else 5
