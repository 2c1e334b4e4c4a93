"""Totals as sums of their parts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from forecastlab.reconcile._sums import bottom_of, pairs_of, summed


@dataclass(frozen=True)
class BottomUp:
    """Every total is the sum of its segments' forecasts, so the levels always agree and no money is lost.

    Only the most detailed series are forecast (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 11.2).
    """

    @property
    def upper(self) -> bool:
        """No: upper series are not forecast."""
        return False

    def reconcile(self, forecasts: pd.DataFrame, summing: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
        """The bottom rows as they came, then the upper ones by ``unique_id`` and ``ds``: ``unique_id, ds, yhat``.

        ``forecasts`` has ``unique_id, ds, yhat`` of the bottom series, each series and period once (rows of upper
        series are replaced); ``summing`` has one row per upper series ``unique_id`` and bottom series ``bottom`` in it;
        ``past`` is not looked at.
        Raises DataError when a bottom series or period is missing or doubled: the sum would lose money in silence.
        """
        pairs = pairs_of(summing)
        return summed(bottom_of(forecasts, pairs), pairs)


PART = BottomUp
