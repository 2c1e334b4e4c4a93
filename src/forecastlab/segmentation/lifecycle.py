"""Where a customer stands between the first purchase and the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import duration_days
from forecastlab.schema.names import NEW, PROSPECT

SEGMENTS = (NEW, "active", "mature", "declining", "lost", "returning")


@dataclass(frozen=True)
class LifecycleAssigner:
    """The thresholds in days (or in rhythms), and the rhythm that stands in for customers who have none yet."""

    by_rhythm: bool
    usual_rhythm: float
    declining_after: float
    lost_after: float
    new_for: int
    mature_after: int
    mature_orders: int

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The first stage whose condition holds, in the order told in ``Lifecycle``."""
        unit = self._unit(profiles)
        recency, tenure = profiles["recency"].to_numpy(float), profiles["tenure"].to_numpy(float)
        gap = profiles["longest_gap"].to_numpy(float)  # NaN compares as False: no gap, no return
        stages = [
            ("lost", recency > self.lost_after * unit),
            ("declining", recency > self.declining_after * unit),
            ("returning", gap > self.lost_after * unit),
            (NEW, tenure <= self.new_for),
            ("mature", (tenure > self.mature_after) & (profiles["frequency"].to_numpy() >= self.mature_orders)),
        ]
        names = np.select([holds for _, holds in stages], [name for name, _ in stages], default="active")
        return pd.Series(names, index=profiles.index)

    def _unit(self, profiles: pd.DataFrame) -> NDArray[np.float64]:
        if not self.by_rhythm:
            return np.ones(len(profiles))
        return profiles["rhythm"].fillna(self.usual_rhythm).to_numpy(float)


@dataclass(frozen=True)
class Lifecycle:
    """Stages of a customer's life as-of a date: new, active, mature, declining, lost, returning.

    The first that holds:

    - ``lost``: the last purchase was more than ``lost_after`` ago;
    - ``declining``: it was more than ``declining_after`` ago;
    - ``returning``: a silence of more than ``lost_after`` ended within the ``window``;
    - ``new``: the first purchase was at most ``new_for`` ago (and a first purchase itself is always ``new``);
    - ``mature``: the first purchase was more than ``mature_after`` ago, with at least ``mature_orders`` purchase
      days within the ``window``;
    - ``active``: everyone else.

    ``declining_after`` and ``lost_after`` count days (``unit: days``) or multiples of the customer's own rhythm
    (``unit: rhythm``), the mean number of days between purchase days so far; for customers with one purchase day it is
    the median rhythm of all customers as-of the cutoff. All days are counted up to and including the as-of date.
    Counting purchases within a window, not over a whole life, keeps a stage the same thing early and late in the data.

    With ``prospects``, people of the table ``leads`` who have not bought up to a date are counted as ``prospect`` (in
    compositions and migrations). They have no sales and so no series; their first purchase makes them ``new``.
    """

    unit: Annotated[Literal["days", "rhythm"], Field(description="what declining_after and lost_after count")]
    declining_after: Annotated[float, Field(gt=0, description="silence after which a customer declines, in units")]
    lost_after: Annotated[float, Field(gt=0, description="silence after which a customer is lost, in units")]
    window: Annotated[
        str | None, Field(description="how far back purchases and returns from a silence count; null: all")
    ]
    new_for: Annotated[str, Field(description="how long after the first purchase a customer counts as new")]
    mature_after: Annotated[str, Field(description="how long after the first purchase a customer may be mature")]
    mature_orders: Annotated[int, Field(ge=1, description="purchase days in the window of a mature customer, at least")]
    prospects: Annotated[bool, Field(description="whether leads who have not bought yet are counted as prospects")]

    @property
    def segments(self) -> tuple[str, ...]:
        """The stages, led by prospects where they are counted."""
        return (PROSPECT, *SEGMENTS) if self.prospects else SEGMENTS

    @property
    def attributes(self) -> tuple[str, ...]:
        """Nothing beyond the usual profile."""
        return ()

    def fit(self, profiles: pd.DataFrame) -> LifecycleAssigner:
        """Learn the usual rhythm from all customers with two purchase days or more. Raises ConfigError (a duration)."""
        rhythms = profiles["rhythm"].dropna().to_numpy(float)
        return LifecycleAssigner(
            by_rhythm=self.unit == "rhythm",
            # Nobody has bought twice: no rhythm is known, so no silence is long.
            usual_rhythm=float(np.median(rhythms)) if len(rhythms) else float("inf"),
            declining_after=self.declining_after,
            lost_after=self.lost_after,
            new_for=duration_days(self.new_for, "segmentation.new_for"),
            mature_after=duration_days(self.mature_after, "segmentation.mature_after"),
            mature_orders=self.mature_orders,
        )


PART = Lifecycle
