"""The calendar of a question: how long a period is, which periods feed the segmentation only, how long a season is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from forecastlab.schema import Dataset, Facts, Frequency, duration_days

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Periods of ``freq``; the first ``warmup`` days are not in the panel; ``season`` is the usual one in periods."""

    freq: Frequency
    warmup: int
    season: int

    def ends(self, facts: Facts) -> pd.DatetimeIndex:
        """The last days of the complete periods that start after the warm-up: the periods of the panel."""
        first, last = pd.Timestamp(facts.first_day), pd.Timestamp(facts.last_day)
        return self.freq.ends(first + self.warmup * DAY, last)

    def bearable(self, periods: int) -> int:
        """The season that a history of so many periods can bear: 1 (none) where it is no longer than one season."""
        return self.season if periods > self.season else 1

    def frame(self, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """Each period's last day (``ds``) beside the last day of the period before (``as_of``)."""
        before = pd.DatetimeIndex([self.freq.start(end) - DAY for end in ends])
        return pd.DataFrame({"ds": ends.astype("datetime64[us]"), "as_of": before.astype("datetime64[us]")})


def calendar(dataset: Dataset, freq: str) -> Calendar:
    """The dataset's calendar in periods of ``freq``; if that is not its own, the season is the usual one of ``freq``.

    Raises ConfigError.
    """
    period = Frequency(freq)
    own = dataset.season if period == Frequency(dataset.freq) else None
    warmup = duration_days(dataset.warmup, "dataset.warmup") if dataset.warmup else 0
    return Calendar(period, warmup, own or period.season)
