"""What customers have been worth: tiers of the money they spent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import ConfigError, Fault
from forecastlab.schema.names import ANONYMOUS, FUTURE, NEW, PROSPECT, UNKNOWN

RESERVED = (NEW, UNKNOWN, ANONYMOUS, PROSPECT, FUTURE)
ROUNDING = 1e-9
"""What sums of shares may be off by."""


@dataclass(frozen=True)
class ClvTierAssigner:
    """The least money that each tier but the last asks for, best tier first."""

    tiers: tuple[str, ...]
    thresholds: tuple[float, ...]

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The first tier whose threshold the money reaches; the last one for everyone who did not buy."""
        money = profiles["money"].to_numpy(float)
        bought = profiles["frequency"].to_numpy() > 0
        reached = [bought & (money >= threshold) for threshold in self.thresholds]
        names = np.select(reached, list(self.tiers[:-1]), default=self.tiers[-1]) if reached else self.tiers[-1]
        return pd.Series(names, index=profiles.index, dtype=object)


@dataclass(frozen=True)
class ClvTier:
    """What customers have been worth: tiers of the money they spent in the window, such as high, mid and low.

    This is historic value, returns taken off, no prediction. The first tier holds the given share of the customers who
    bought within the window, those with the most money, and so on down. Its threshold is the least money among them
    as-of the cutoff. Who spent just as much belongs to them too, so equal money is never torn apart and an upper tier
    may be larger than its share. Who did not buy within the window is in the last tier.
    """

    window: Annotated[str | None, Field(description="how far back money counts; null: the whole past")]
    shares: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=1)]],
        Field(min_length=1, description="name: share of the customers, best tier first; together they make 1"),
    ]

    @property
    def segments(self) -> tuple[str, ...]:
        """The tiers, best first."""
        return tuple(self.shares)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Nothing beyond the usual profile."""
        return ()

    def fit(self, profiles: pd.DataFrame) -> ClvTierAssigner:
        """Learn the thresholds. Raises ConfigError for shares that do not make 1 or a name that has a meaning."""
        faults = list(self._faults())
        if faults:
            raise ConfigError(faults)
        bought = profiles.loc[profiles["frequency"] > 0, "money"].to_numpy(float)
        return ClvTierAssigner(self.segments, tuple(_thresholds(np.sort(bought)[::-1], list(self.shares.values()))))

    def _faults(self) -> Iterator[Fault]:
        total = sum(self.shares.values())
        if abs(total - 1) > ROUNDING:
            yield Fault(
                "bad-shares", "segmentation.shares", f"they add up to {total:g}, not to 1", "change one of them"
            )
        for tier in self.shares:
            if tier in RESERVED:
                what = f"{tier} has a meaning of its own, as have {', '.join(RESERVED)}"
                yield Fault("reserved-name", f"segmentation.shares.{tier}", what, "give the tier another name")


def _thresholds(money: NDArray[np.float64], shares: list[float]) -> Iterator[float]:
    """The least money of each tier but the last; where nobody bought, what nobody reaches."""
    for share in list(accumulate(shares))[:-1]:
        last = math.ceil(share * len(money) - ROUNDING) - 1
        yield float(money[last]) if len(money) else math.inf


PART = ClvTier
