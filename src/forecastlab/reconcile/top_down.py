"""The total's own forecast, dealt out to its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.reconcile._sums import bottom_of, lengthened, pairs_of, summed, widened
from forecastlab.schema import names


@dataclass(frozen=True)
class TopDown:
    """The total is forecast from its own past and dealt out in proportion to the forecasts of its parts.

    The parts keep their shares of each period, the total keeps its forecast, and what lies between is summed
    (forecast proportions; Athanasopoulos, Ahmed and Hyndman, 2009). Where the forecasts of all parts are zero, each
    gets the same share. A part of no total keeps its forecast.
    """

    @property
    def upper(self) -> bool:
        """Yes: the total's own forecast is dealt out."""
        return True

    def reconcile(self, forecasts: pd.DataFrame, summing: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
        """Bottom rows, dealt out, then the sums: ``unique_id, ds, yhat``; ``past`` is not looked at.

        A total without a forecast of its own is the sum of its parts. Raises DataError when a bottom series or period
        is missing or doubled.
        """
        pairs = pairs_of(summing)
        bottom = bottom_of(forecasts, pairs)
        summed(bottom, pairs)  # says what is missing before anything is dealt out
        wide = widened(bottom)
        upper = widened(forecasts.loc[forecasts[names.SERIES].isin(pairs[names.SERIES])])
        parts = dict(iter(pairs.groupby(names.SERIES)["bottom"]))
        for top in _tops(parts):
            if top in upper.index:
                rows = wide.index.get_indexer(pd.Index(parts[top]))
                wide.iloc[rows] = _dealt(np.asarray(upper.loc[top], dtype=float), wide.iloc[rows].to_numpy(dtype=float))
        return summed(lengthened(wide.loc[bottom[names.SERIES].unique()]), pairs)


def _tops(parts: dict[str, pd.Series[str]]) -> list[str]:
    """The upper series whose parts are in no larger one; of two with the same parts the first by name."""
    tops: list[str] = []
    taken: set[str] = set()
    for name in sorted(parts, key=lambda each: (-len(parts[each]), each)):
        if taken.isdisjoint(parts[name]):
            tops.append(name)
        taken |= set(parts[name])
    return tops


def _dealt(total: NDArray[np.float64], parts: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = parts.sum(axis=0)
    shares = np.where(whole == 0, 1 / len(parts), parts / np.where(whole == 0, 1.0, whole))
    return np.asarray(total * shares)


PART = TopDown
