"""Periods of time: a period is named by its last day (``ds``), and an incomplete period does not exist.

Periods shorter than a day are named by the moment at which they begin, as a day is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from forecastlab.schema.errors import ConfigError, Fault

_CLOCK = {"15min": "15 minutes", "30min": "30 minutes", "h": "1 hour"}
"""Periods shorter than a day, as DuckDB writes them."""

_OFFSETS = {**{code: code for code in _CLOCK}, "D": "D", "W": "W-{}", "M": "ME", "Q": "QE-DEC", "Y": "YE-DEC"}
_SEASONS: dict[str, tuple[int, ...]] = {
    "15min": (96, 672),
    "30min": (48, 336),
    "h": (24, 168),
    "D": (7, 365),
    "W": (52,),
    "M": (12,),
    "Q": (4,),
    "Y": (1,),
}
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_NAMES = dict(
    zip(_WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
_WORDS = {
    "15min": "quarter of an hour",
    "30min": "half hour",
    "h": "hour",
    "D": "day",
    "W": "week",
    "M": "month",
    "Q": "quarter",
    "Y": "year",
}
_DAYS = {"day": 1, "week": 7, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


@dataclass(frozen=True)
class Frequency:
    """How long a period is.

    ``15min``, ``30min``, ``h``, ``D``, ``W-SUN`` (a week that ends on Sunday; ``W`` means that), ``M``, ``Q`` or ``Y``.
    """

    code: str

    def __post_init__(self) -> None:
        unit, _, day = self.code.partition("-")
        if unit not in _OFFSETS or (day and (unit != "W" or day not in _WEEKDAYS)):
            what = f"found {self.code!r}, allowed are 15min, 30min, h, D, W-MON … W-SUN, M, Q, Y"
            raise ConfigError(Fault("bad-frequency", "freq", what, ""))

    @property
    def unit(self) -> str:
        """The code without the weekday."""
        return self.code.partition("-")[0]

    @property
    def of_clock(self) -> bool:
        """Whether periods are shorter than a day."""
        return self.unit in _CLOCK

    @property
    def weekday(self) -> str:
        """The last day of a week, ``SUN`` unless given."""
        return self.code.partition("-")[2] or "SUN"

    @property
    def word(self) -> str:
        """A period in words: ``week (ending on Tuesday)``."""
        return f"{_WORDS[self.unit]} (ending on {_NAMES[self.weekday]})" if self.unit == "W" else _WORDS[self.unit]

    @property
    def offset(self) -> pd.tseries.offsets.BaseOffset:
        """The pandas offset whose anchors are the last days of periods."""
        return pd.tseries.frequencies.to_offset(_OFFSETS[self.unit].format(self.weekday))

    @property
    def season(self) -> int:
        """The usual season length in periods: a day of hours, a week of days, a year of weeks, months or quarters."""
        return _SEASONS[self.unit][0]

    @property
    def seasons(self) -> tuple[int, ...]:
        """The usual season lengths, shortest first: hours also have a week, and days a year."""
        return _SEASONS[self.unit]

    @property
    def step(self) -> str:
        """A length of time in DuckDB's words that no period is shorter than: a day, or the period itself."""
        return _CLOCK.get(self.unit, "1 day")

    def ends(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
        """The last days of all periods that lie whole within ``first`` … ``last`` (both days inclusive).

        Of periods shorter than a day, ``first`` and ``last`` are the first and the last one.
        """
        if self.of_clock:
            return pd.date_range(first, last, freq=self.offset)
        ends = pd.date_range(first.normalize(), last.normalize(), freq=self.offset)
        return ends[ends.map(self.start) >= first.normalize()] if len(ends) else ends

    def start(self, end: pd.Timestamp) -> pd.Timestamp:
        """The first day of the period that ends on ``end``; the same moment for one shorter than a day."""
        return end if self.of_clock else (end - self.offset) + pd.Timedelta(days=1)

    def shift(self, end: pd.Timestamp, periods: int) -> pd.Timestamp:
        """The last day of the period ``periods`` later."""
        return end + periods * self.offset if periods else end

    def after(self, end: pd.Timestamp, periods: int) -> pd.DatetimeIndex:
        """The last days of the ``periods`` periods that follow ``end``."""
        return pd.date_range(end, periods=periods + 1, freq=self.offset)[1:]

    def sql_end(self, column: str) -> str:
        """The DuckDB expression for the last day of the period that a time column falls into (or when it begins)."""
        if self.of_clock:
            return f"time_bucket(INTERVAL '{_CLOCK[self.unit]}', CAST({column} AS TIMESTAMP))"
        day = f"CAST({column} AS DATE)"
        match self.unit:
            case "D":
                return day
            case "W":
                shift = (_WEEKDAYS.index(self.weekday) + 1) % 7
                return f"CAST(date_trunc('week', {day} - INTERVAL {shift} DAY) + INTERVAL {6 + shift} DAY AS DATE)"
            case "M":
                return f"last_day({day})"
            case "Q":
                return f"CAST(date_trunc('quarter', {day}) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE)"
            case _:
                return f"CAST(date_trunc('year', {day}) + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE)"


def written(end: pd.Timestamp) -> str:
    """The name of a period in a text: its last day, and the hour and minute where it begins within the day."""
    return f"{end:%Y-%m-%d}" if end == end.normalize() else f"{end:%Y-%m-%d %H:%M}"


def day_of(text: str) -> pd.Timestamp:
    """The day (or moment) that a text such as ``2024-01-07`` or ``2024-01-07 13:00`` names. Raises ValueError.

    The year comes first: ``01.02.1998`` is two days, depending on who reads it, so it is none here.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError(f"{text} names a time zone")
    return pd.Timestamp(found).as_unit("ns")


def duration_days(text: str, where: str) -> int:
    """Days in a duration such as ``13 weeks``; months and years at their mean length. Raises ConfigError."""
    found = re.fullmatch(r"(\d+) *(day|week|month|quarter|year)s?", text.strip())
    if not found:
        raise ConfigError(
            Fault("bad-duration", where, f"found {text!r}, allowed is a number and a unit", "write it like '13 weeks'")
        )
    return round(int(found[1]) * _DAYS[found[2]])
