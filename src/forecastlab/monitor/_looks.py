"""Errors by origin: looks at a method that share no period with each other, and so can be counted as evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Evidence, Finding, names
from forecastlab.schema.origins import apart
from forecastlab.schema.watching import ALL_CUSTOMERS

UPLIFT = "what approaching adds is known of no single customer: nothing to hold against each; see the next backtest"
"""Why errors of uplifts are not watched."""

NOTHING_YET = "too early to tell: no period that was foretold is over yet"
_SUMS = ["miss", "size", "y", "yhat", "rows"]


@dataclass(frozen=True)
class Cell:
    """What was foretold of a level, or of one segment of it: sums by origin and step, of the backtest and since.

    Columns: ``miss`` and ``size`` (see ``wrong``), ``y``, ``yhat``, ``rows``; ``of`` says what was foretold.
    """

    name: str
    of: str
    band: pd.DataFrame
    live: pd.DataFrame

    def origins(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """Each origin since, oldest first: its sums by step, and the backtest's sums of the same steps.

        A step that the backtest has not is left out, and so is an origin with none but such.
        """
        steps = self.band.index.get_level_values(names.STEP)
        for _, live in self.live.groupby(level=names.CUTOFF, sort=True):
            own = live.droplevel(names.CUTOFF)
            own = own[own.index.isin(steps)]
            if len(own):
                yield own, self.band[steps.isin(own.index)]


def cells(evidence: Evidence) -> Iterator[Cell]:
    """Every level and segment that the live forecasts have, with independent looks only (see ``apart``)."""
    if not len(evidence.live):
        return
    band, live = _apart(evidence.band), _apart(evidence.live)
    series = evidence.of == "series"
    sums = {}
    for name, frame in (("band", band), ("live", live)):
        miss = (frame[names.Y] - frame[names.YHAT]).abs()
        full = frame.assign(miss=miss if series else miss**2, size=frame[names.Y].abs() if series else 1.0, rows=1)
        sums[name] = full.groupby([names.LEVEL, names.SEGMENT, names.CUTOFF, names.STEP], observed=True)[_SUMS].sum()
    before = {key: part.droplevel([0, 1]) for key, part in sums["band"].groupby(level=[0, 1])}
    for key, part in sums["live"].groupby(level=[0, 1]):
        past = before.get(key, sums["band"].iloc[:0].droplevel([0, 1]))
        yield Cell(cell_name(*map(str, key)), evidence.of, past, part.droplevel([0, 1]))


def cell_name(level: str, segment: str) -> str:
    """What a level, or a segment of it, is called in findings; customers have one level only."""
    if level == "customer":
        return segment or ALL_CUSTOMERS
    return f"{level} {segment}" if segment else str(level)


def _apart(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame[names.CUTOFF].isin(apart(frame))]


def by_origin(sums: pd.DataFrame) -> pd.DataFrame:
    """Sums over the steps of each origin of the backtest."""
    return sums.groupby(level=names.CUTOFF, sort=True).sum()


def wrong(sums: pd.DataFrame, of: str) -> NDArray[np.float64]:
    """How wrong forecasts were, one figure per row of sums; NaN where there is nothing to measure by.

    Of series WAPE, absolute errors per unit of sales; of customers the Brier score of events, the mean squared error,
    and its root for amounts and waits.
    """
    size = sums["size"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(size > 0, sums["miss"].to_numpy(dtype=float) / size, np.nan)
    return np.sqrt(found) if of in ("amount", "wait") else found


def lean(sums: pd.DataFrame) -> NDArray[np.float64]:
    """By how much sales were above (+) or below (-) the forecast, in shares of the mean of the two: from -2 to 2."""
    y, yhat = (sums[name].to_numpy(dtype=float) for name in (names.Y, names.YHAT))
    middle = (np.abs(y) + np.abs(yhat)) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(middle > 0, (y - yhat) / middle, 0.0)


def early(what: str, words: str, n: int = 0) -> Finding:
    """A finding that says only why there is nothing to say."""
    return Finding(what, math.nan, math.nan, math.nan, n, words)


def few(n: int, wanted: int) -> str:
    """How thin the past is, in words; empty where it is not."""
    return f"; the band rests on {n} origins only" if n < 2 * wanted else ""
