"""``score``: the list that a marketing team loads into its CRM, as CSV and as Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from forecastlab.recipe import NOBODY, Trusted
from forecastlab.schema import ConfigError, Fault
from forecastlab.task.plans import Planned, planned
from forecastlab.task.predict import export

PRESET = "+preset=campaign_list"


@dataclass(frozen=True)
class Scored:
    """The list with its page, and the same table in both forms."""

    planned: Planned
    csv: Path
    parquet: Path

    @property
    def table(self) -> pd.DataFrame:
        """The list: one row per customer whom a rule meets."""
        return self.planned.plan.table

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of it."""
        return self.planned.plan.notes


def score(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Scored:
    """Score today's customers with ``model=`` and play ``playbook=`` on them; ``out=`` names one of the two files.

    ``playbook.KEY=VALUE`` changes its values. Raises ConfigError, DataError, EnvironmentFault.
    """
    try:
        made = planned([PRESET, *_as_preset(overrides)], folder, trusted)
    except ConfigError as error:
        raise ConfigError(map(_as_typed, error.faults)) from error
    csv, parquet = (made.table.with_suffix(ending) for ending in (".csv", ".parquet"))
    export(made.plan.table, parquet if made.table == csv else csv)
    return Scored(made, csv, parquet)


def _as_typed(fault: Fault) -> Fault:
    """The fault in the words of this command, in which ``playbook`` stands alone."""
    where, what, fix = (
        text.replace("playbook@preset.playbook", "playbook").replace("preset.playbook", "playbook")
        for text in (fault.where, fault.what, fault.fix)
    )
    return replace(fault, where=where, what=what, fix=fix)


def _as_preset(overrides: Sequence[str]) -> Iterator[str]:
    """The words of the command as those of ``predict +preset=campaign_list``."""
    for line in overrides:
        key = line.partition("=")[0]
        if key == "playbook":
            yield line.replace("playbook", "playbook@preset.playbook", 1)
        else:
            yield f"preset.{line}" if key.startswith("playbook.") else line
