"""Folds at dates that the config names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pydantic import Field

from forecastlab.backtest._lay import Shape, explicit
from forecastlab.schema import ConfigError, Fault, Frequency, Split, day_of
from forecastlab.schema.names import SELECT, TEST


@dataclass(frozen=True)
class Cutoffs:
    """Cutoffs given as dates, for comparing with a published study or with a calendar of planning rounds."""

    horizon: Annotated[int, Field(ge=1, description="periods that are foretold")]
    gap: Annotated[int, Field(ge=0, description="periods between the cutoff and the first one foretold")]
    select: Annotated[list[str], Field(description="last days of periods, such as '2017-06-24': choosing may look")]
    test: Annotated[list[str], Field(description="later dates that only confirm")]
    refit_every: Annotated[int, Field(ge=1, description="parameters are fitted anew at every so many folds")]
    min_train: Annotated[int, Field(ge=1, description="periods that the first fold must have to learn from")]

    def mistakes(self) -> Iterator[Fault]:
        """Dates that cannot be read."""
        for key, dates in ((SELECT, self.select), (TEST, self.test)):
            for date in dates:
                try:
                    day_of(date)
                except ValueError:
                    what = f"found {date}, allowed is YYYY-MM-DD (and HH:MM, where periods are shorter)"
                    yield Fault("bad-value", key, what, f"type 'backtest.{key}=[\"2017-06-24\"]'")

    def split(self, ends: pd.DatetimeIndex, freq: Frequency) -> Split:
        """Folds over the period ends of the panel. Raises ConfigError for a date that is no period's last day."""
        if unreadable := list(self.mistakes()):
            raise ConfigError(unreadable)
        shape = Shape(self.horizon, self.gap, self.refit_every, self.min_train, None)
        return explicit(ends, freq, shape, self.select, self.test)


PART = Cutoffs
