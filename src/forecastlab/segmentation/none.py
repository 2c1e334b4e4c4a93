"""No segmentation: the total alone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

ALL = "all"


@dataclass(frozen=True)
class Everyone:
    """The assigner that knows one segment."""

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """``all``, for every profile."""
        return pd.Series(ALL, index=profiles.index, dtype=object)


@dataclass(frozen=True)
class NoSegments:
    """No segmentation: all sales are one, first purchases and sales without a customer too.

    Where the target is cut by segment, this cuts nothing: the one series is the total.
    """

    @property
    def window(self) -> str | None:
        """Nothing is looked at."""
        return None

    @property
    def segments(self) -> tuple[str, ...]:
        """``all``."""
        return (ALL,)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Nothing beyond the usual profile."""
        return ()

    def fit(self, profiles: pd.DataFrame) -> Everyone:
        """Learn nothing."""
        return Everyone()


PART = NoSegments
