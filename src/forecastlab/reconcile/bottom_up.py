"""Totals as sums of their parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecastlab.schema import DataError, Fault, names

_COLUMNS = [names.SERIES, names.DS, names.YHAT]


@dataclass(frozen=True)
class BottomUp:
    """Every total is the sum of its segments' forecasts, so the levels always agree and no money is lost.

    Only the most detailed series are forecast (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 11.2).
    """

    def reconcile(self, forecasts: pd.DataFrame, summing: pd.DataFrame) -> pd.DataFrame:
        """The bottom rows as they came, then the upper ones by ``unique_id`` and ``ds``: ``unique_id, ds, yhat``.

        ``forecasts`` has ``unique_id, ds, yhat`` of the bottom series, each series and period once (rows of upper
        series are replaced); ``summing`` has one row per upper series ``unique_id`` and bottom series ``bottom`` in it.
        Raises DataError when a bottom series or period is missing or doubled: the sum would lose money in silence.
        """
        pairs = summing.loc[summing[names.SERIES] != summing["bottom"], [names.SERIES, "bottom"]]
        pairs = pairs.drop_duplicates().sort_values([names.SERIES, "bottom"])
        bottom = forecasts.loc[~forecasts[names.SERIES].isin(pairs[names.SERIES]), _COLUMNS].reset_index(drop=True)
        wide = _wide(bottom)
        _check_complete(pairs, wide)
        if pairs.empty:
            return bottom
        sums = wide.loc[pairs["bottom"]].groupby(pairs[names.SERIES].to_numpy(), sort=True).sum()
        upper = {
            names.SERIES: np.repeat(sums.index.to_numpy(), sums.shape[1]),
            names.DS: np.tile(sums.columns.to_numpy(), sums.shape[0]),
            names.YHAT: sums.to_numpy(dtype=float).ravel(),
        }
        return pd.concat([bottom, pd.DataFrame(upper)], ignore_index=True)


def _check_complete(pairs: pd.DataFrame, wide: pd.DataFrame) -> None:
    asked = pairs["bottom"].unique()
    missing = int((~pd.Index(asked).isin(wide.index)).sum())
    if missing:
        what = f"{missing} of the {len(asked)} bottom series of the totals have no forecast"
        raise DataError(Fault("missing-series", "forecasts", what, "forecast every series that summing names"))


def _wide(bottom: pd.DataFrame) -> pd.DataFrame:
    """One row per series, one column per period. Raises DataError where it has holes or doubles."""
    doubled = int(bottom.duplicated([names.SERIES, names.DS]).sum())
    if doubled:
        what = f"{doubled} rows repeat a series and period"
        raise DataError(Fault("doubled-rows", "forecasts", what, "give each series and period once"))
    wide = bottom.pivot(index=names.SERIES, columns=names.DS, values=names.YHAT)
    holes = int(wide.isna().to_numpy().sum())
    if holes:
        what = f"{holes} of {wide.size} series and periods have no forecast"
        raise DataError(Fault("missing-periods", "forecasts", what, "forecast every series for the same periods"))
    return wide


PART = BottomUp
