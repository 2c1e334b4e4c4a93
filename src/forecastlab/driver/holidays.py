"""Public holidays of a country, as many as fall into each period."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.driver._given import Future, Lag, Scenario
from forecastlab.driver._periods import days_of, marked
from forecastlab.schema import ConfigError, EnvironmentFault, Fault, Frequency, SalesLog, nearest
from forecastlab.schema.names import DS

_OBSERVED = " (observed)"


@dataclass(frozen=True)
class Holidays:
    """How many public holidays fall into each period, and how many days lie shortly before one.

    Columns: ``days``, the days of the period that are a holiday (or, where ``apart``, one such column per name, such
    as ``thanksgiving_day``), and ``before``, the days that are none themselves and lie at most ``lead_days`` days
    before one. Dates are those of the country's own calendar, as are the days of sales. They are known years ahead;
    hence ``future`` is ``known`` in the packaged file. Source: the package holidays.
    """

    country: Annotated[str, Field(pattern="^[A-Z]{2}$", description="country, a code of two letters such as US")]
    subdivision: Annotated[str | None, Field(description="state or region with holidays of its own; null: the country")]
    names: Annotated[tuple[str, ...] | None, Field(min_length=1, description="holidays that count; null: all")]
    observed: Annotated[bool, Field(description="whether days off in place of a holiday on a week-end count too")]
    apart: Annotated[bool, Field(description="whether each holiday has a column of its own")]
    lead_days: Annotated[int, Field(ge=0, le=60, description="days before a holiday that are counted; 0: no column")]
    future: Future
    lag: Lag
    scenario: Scenario

    @property
    def by(self) -> tuple[str, ...]:
        """The same values for all series."""
        return ()

    def fingerprint(self) -> str:
        """The version of the package that knows the dates. Raises EnvironmentFault if it is missing."""
        return str(_library().__version__)

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The columns in the periods that end on ``ends``; no sales are read.

        Raises ConfigError for a country, a subdivision or a holiday that does not exist, EnvironmentFault without
        the package.
        """
        days = days_of(freq, ends)
        later = days.union(pd.date_range(days[-1], periods=self.lead_days + 1, freq="D"))
        named = self._named(later)
        free = np.array([bool(names) for names in named])
        marks = {"days": free}
        if self.apart:
            there = {name for names in named[: len(days)] for name in names}.union(self.names or ())
            marks = {_slug(name): np.array([name in names for names in named]) for name in sorted(there)}
        if self.lead_days:
            marks["before"] = _before(free, self.lead_days) & ~free
        counts = {name: marked(mark[: len(days)], days, freq, ends) for name, mark in marks.items()}
        return pd.DataFrame({DS: ends, **counts})

    def _named(self, days: pd.DatetimeIndex) -> list[set[str]]:
        """The names of the holidays that count on each day."""
        dates = self._dates(range(days[0].year, days[-1].year + 1))
        known = sorted({name for names in dates.values() for name in names})
        unknown = [name for name in self.names or () if name not in known]
        if unknown:
            what = f"in the years {days[0].year} to {days[-1].year} there are {', '.join(known)}"
            raise ConfigError(
                Fault("unknown-holiday", "driver.holidays.names", f"found {name!r}, {what}", nearest(name, known))
                for name in unknown
            )
        wanted = set(self.names or known)
        return [wanted & dates.get(day.date(), set()) for day in days]

    def _dates(self, years: range) -> Mapping[Any, set[str]]:
        """The names of the holidays of each date; a day off in place of one has its name."""
        library = _library()
        there: Mapping[str, list[str]] = library.list_supported_countries()
        if self.country not in there:
            what = f"found {self.country}, which is no country with a known calendar"
            fix = nearest(self.country, sorted(there))
            raise ConfigError(Fault("unknown-country", "driver.holidays.country", what, fix))
        if self.subdivision is not None and self.subdivision not in there[self.country]:
            allowed = sorted(there[self.country])
            what = f"found {self.subdivision}, {self.country} has {', '.join(allowed) or 'none'}"
            fix = nearest(self.subdivision, allowed)
            raise ConfigError(Fault("unknown-subdivision", "driver.holidays.subdivision", what, fix))
        found = library.country_holidays(self.country, self.subdivision, years, observed=self.observed)
        return {date: {name.removesuffix(_OBSERVED) for name in found.get_list(date)} for date in found}


def _library() -> Any:
    try:
        import holidays
    except ImportError as error:
        what, fix = "the package is not installed", "type: pip install 'forecastlab[drivers]'"
        raise EnvironmentFault(Fault("missing-extra", "package holidays", what, fix)) from error
    return holidays


def _before(free: NDArray[np.bool_], span: int) -> NDArray[np.bool_]:
    """Whether a holiday lies within the ``span`` days after each day."""
    ahead = np.concatenate([free, np.zeros(span, dtype=bool)])
    return np.asarray(np.any([ahead[k : k + len(free)] for k in range(1, span + 1)], axis=0))


def _slug(name: str) -> str:
    """A name as a column: ``Thanksgiving Day`` → ``thanksgiving_day``."""
    return re.sub(r"\W+", "_", name.lower().replace("'", "")).strip("_")


PART = Holidays
