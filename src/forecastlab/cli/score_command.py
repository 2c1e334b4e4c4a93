"""``forecastlab score model=champion playbook=retention``: the list that a marketing team loads into its CRM."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust


def main(arguments: Arguments) -> int:
    """Score the customers of today, play the playbook, and show and keep the list."""
    from forecastlab.cli.predict_command import show_plan
    from forecastlab.task.score import score

    made = score(arguments.overrides, arguments.folder, trust(arguments.trust))
    show_plan(made.planned, (made.csv, made.parquet))
    return 0
