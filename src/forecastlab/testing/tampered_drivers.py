"""Drivers whose values that are not published at a date are made up: whoever looks at them is found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.schema import Driver, Facts, Frequency, SalesLog
from forecastlab.schema.names import DS
from forecastlab.schema.parts import Known


@dataclass(frozen=True)
class TamperedDriver:
    """Another driver with made-up values where they are not published on the day ``after``.

    A driver that is declared known is spared: its future may be seen. The honest values are those it has for the log
    at ``path``, whatever the sales are. ``how`` is one of the ways to tamper with rows of sales: ``gone`` and
    ``missing`` take the values away, ``halved`` takes every second one, ``huge`` makes them huge; all others draw them
    anew around their mean, and ``newcomers`` and ``novelties`` give those to keys never seen before.
    """

    inner: Driver
    path: str
    facts: Facts
    after: pd.Timestamp
    how: str
    seed: int

    @property
    def future(self) -> Known:
        """That of the driver."""
        return self.inner.future

    @property
    def lag(self) -> int:
        """That of the driver."""
        return self.inner.lag

    @property
    def scenario(self) -> Mapping[str, float | str] | None:
        """That of the driver."""
        return self.inner.scenario

    @property
    def by(self) -> tuple[str, ...]:
        """Those of the driver."""
        return self.inner.by

    def fingerprint(self) -> str:
        """That of the driver; what is done to it is in the parameters."""
        return self.inner.fingerprint()

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """Load the driver, then make up what is not published on the day ``after``."""
        table = self.inner.load(SalesLog(Path(self.path), self.facts), freq, ends)
        if self.future == "known":
            return table
        late = (table[DS] > freq.shift(self.after, -self.lag)).to_numpy()
        draw = np.random.default_rng(self.seed)
        if self.how in ("gone", "missing", "halved"):
            return table[~late | ((draw.random(len(table)) < 0.5) & (self.how == "halved"))].reset_index(drop=True)
        numbers = table.drop(columns=[*self.by, DS])
        around = pd.DataFrame(draw.normal(size=numbers.shape), columns=numbers.columns) * numbers.std().fillna(0)
        made = numbers * 0 + 1e9 if self.how == "huge" else numbers.mean() + around
        if self.how in ("newcomers", "novelties"):
            table = table.assign(**{name: table[name].where(~late, "novelty " + table[name]) for name in self.by})
        return table.assign(**{str(name): table[name].where(~late, made[name]) for name in numbers})
