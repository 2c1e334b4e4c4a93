"""Whether live intervals hold the truth as often as they promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.monitor._looks import NOTHING_YET, cell_name, early
from forecastlab.schema import Evidence, Finding, names, quantile_column
from forecastlab.schema.origins import apart


@dataclass(frozen=True)
class Coverage:
    """How often the truth fell inside the live intervals, against what they promise.

    A binomial test (one-sided: too seldom). Hits and misses of one origin come together, over its steps and over its
    series, so they count for fewer: the number of rows is divided by the design effect ``1 + (m - 1) ρ`` (Kish 1965),
    with m rows per origin and their intra-class correlation ρ as it was in the backtest.
    """

    level: Annotated[float, Field(gt=0, lt=1, description="the interval that is looked at, 0.8 is from q0.1 to q0.9")]
    slack: Annotated[float, Field(ge=0, lt=0.5, description="how far below the promise is no reason to cry")]
    window: Annotated[int, Field(ge=1, description="newest origins that are looked at together")]
    false_alarms: Annotated[float, Field(gt=0, lt=0.5, description="chance that a check cries without reason")]
    raises: Annotated[Literal["alarm", "warning"], Field(description="what it raises: alarm (exit code 6) or warning")]

    def watch(self, evidence: Evidence) -> Sequence[Finding]:
        """One finding per level and segment."""
        if not len(evidence.live):
            return [early("coverage", NOTHING_YET)]
        live, band = (self._hits(frame) for frame in (evidence.live, evidence.band))
        if not len(live):
            return [early("coverage", f"too early to tell: no live forecast has an interval of {self.level:.0%}")]
        live = live[live[names.CUTOFF].isin(apart(live)[-self.window :])]
        past = {str(key): part for key, part in band.groupby(_cell(band))}
        return [self._look(str(key), part, past.get(str(key))) for key, part in live.groupby(_cell(live))]

    def _hits(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows that have an interval, and whether it held the truth (``hit``)."""
        low, high = (quantile_column(round((1 + side * self.level) / 2, 6)) for side in (-1, 1))
        if not {low, high} <= set(frame.columns):
            return frame.iloc[:0].assign(hit=False)
        known = frame.dropna(subset=[low, high])
        return known.assign(hit=(known[low] <= known[names.Y]) & (known[names.Y] <= known[high]))

    def _look(self, name: str, rows: pd.DataFrame, past: pd.DataFrame | None) -> Finding:
        from scipy.special import betainc

        n = len(rows)
        origins = rows[names.CUTOFF].nunique()
        share = float(rows["hit"].mean())
        counted = n / (1 + (n / origins - 1) * correlation(past))
        hits, misses = share * counted, (1 - share) * counted
        # the binomial distribution function at a number of hits that need not be whole
        p = float(betainc(misses, hits + 1, 1 - (self.level - self.slack))) if misses > 0 else 1.0
        usual = float(past["hit"].mean()) if past is not None else np.nan
        words = (
            f"{name}: the {self.level:.0%} interval held {share:.0%} of {n} truths of {origins} origin(s), which count"
            f" for {counted:.1f} because they come together; in the backtest it held {usual:.0%}"
        )
        return Finding(name, share, self.level, p, 0 if past is None else past[names.CUTOFF].nunique(), words)


def _cell(frame: pd.DataFrame) -> pd.Series[str]:
    """The level, or the segment of it, that each row belongs to."""
    pairs = zip(frame[names.LEVEL], frame[names.SEGMENT], strict=True)
    return pd.Series([cell_name(*pair) for pair in pairs], index=frame.index, dtype=str)


def correlation(past: pd.DataFrame | None) -> float:
    """How much hits of one origin resemble each other, from 0 (not at all) to 1 (all or none), in the backtest.

    The intra-class correlation of a one-way analysis of variance; 1, the most careful, where fewer than three origins
    or one row per origin say nothing about it.
    """
    if past is None:
        return 1.0
    groups = past.groupby(names.CUTOFF)["hit"]
    sizes, means = groups.size().to_numpy(dtype=float), groups.mean().to_numpy(dtype=float)
    k, n = len(sizes), float(sizes.sum())
    if k < 3 or n <= k:
        return 1.0
    total = float(past["hit"].mean())
    between = float(np.sum(sizes * (means - total) ** 2)) / (k - 1)
    within = float(np.sum(sizes * means * (1 - means))) / (n - k)
    size = (n - float(np.sum(sizes**2)) / n) / (k - 1)
    spread = between + (size - 1) * within
    return float(np.clip((between - within) / spread, 0.0, 1.0)) if spread > 0 else 0.0


PART = Coverage
