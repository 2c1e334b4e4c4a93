"""The calendar of a question: how long a period is, which periods feed the segmentation only, how long a season is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from forecastlab.model._seasons import detect
from forecastlab.schema import Dataset, Facts, Frequency, Grid, duration_days

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Periods of ``freq``; the first ``warmup`` days are not in the panel; ``season`` is the usual one in periods.

    ``longer`` are further seasons, such as the week of hourly sales. With ``detect`` none of them counts: the past of
    each fold tells which there are. ``declared`` says that the dataset names them, and not what is usual.
    """

    freq: Frequency
    warmup: int
    season: int
    longer: tuple[int, ...] = ()
    detect: bool = False
    declared: bool = False

    def ends(self, facts: Facts) -> pd.DatetimeIndex:
        """The last days of the complete periods that start after the warm-up: the periods of the panel."""
        first, last = pd.Timestamp(facts.first_day), pd.Timestamp(facts.last_day)
        return self.freq.ends(first + self.warmup * DAY, last)

    def bearable(self, periods: int) -> int:
        """The season that a history of so many periods can bear: 1 (none) where it is no longer than one season."""
        return self.season if periods > self.season else 1

    def borne(self, grid: Grid) -> tuple[int, tuple[int, ...]]:
        """The season that this past bears (1: none), and the longer ones: of these it must hold two."""
        periods = len(grid.ds)
        if self.detect:
            found = detect(grid.values, self.freq.seasons)
            return (found[0], found[1:]) if found else (1, ())
        return self.bearable(periods), tuple(season for season in self.longer if periods >= 2 * season)

    def notes(self, seasons: tuple[int, ...]) -> tuple[str, ...]:
        """What a reader has to know of the seasons of a past: those that were found, or were declared in vain.

        ``seasons`` are those that the past bears.
        """
        if not self.detect:
            own = (self.season, *self.longer) if self.declared else ()
            absent = [season for season in own if season > 1 and season not in seasons]
            told = f"dataset.season: {', '.join(map(str, absent))} periods are longer than the past can bear"
            return (f"{told}, so there is no such season",) if absent else ()
        found = f"seasons found in the past: {', '.join(map(str, seasons))} periods"
        return (found if seasons else "no season was found in the past",)

    def frame(self, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """Each period's last day (``ds``) beside the last day of the period before (``as_of``)."""
        before = pd.DatetimeIndex([self.freq.start(end) - DAY for end in ends])
        return pd.DataFrame({"ds": ends.astype("datetime64[us]"), "as_of": before.astype("datetime64[us]")})


def calendar(dataset: Dataset, freq: str) -> Calendar:
    """The dataset's calendar in periods of ``freq``; if that is not its own, the seasons are those usual for ``freq``.

    Raises ConfigError.
    """
    period = Frequency(freq)
    warmup = duration_days(dataset.warmup, "dataset.warmup") if dataset.warmup else 0
    if dataset.season == "detect":
        return Calendar(period, warmup, period.season, (), True)
    own = dataset.season if period == Frequency(dataset.freq) else None
    first, *rest = period.seasons if own is None else [own] if isinstance(own, int) else own
    return Calendar(period, warmup, first, tuple(rest), declared=own is not None)
