"""Sums of series, and what must be there so that no money is lost in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecastlab.schema import DataError, Fault, names

COLUMNS = [names.SERIES, names.DS, names.YHAT]


def pairs_of(summing: pd.DataFrame) -> pd.DataFrame:
    """Each upper series ``unique_id`` with each ``bottom`` series in it, once, sorted."""
    pairs = summing.loc[summing[names.SERIES] != summing["bottom"], [names.SERIES, "bottom"]]
    return pairs.drop_duplicates().sort_values([names.SERIES, "bottom"], ignore_index=True)


def bottom_of(forecasts: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The forecasts ``unique_id, ds, yhat`` of the series that are no sums, in the order in which they came."""
    return forecasts.loc[~forecasts[names.SERIES].isin(pairs[names.SERIES]), COLUMNS].reset_index(drop=True)


def summed(bottom: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The bottom rows as they came, then the sums by ``unique_id`` and ``ds``.

    Raises DataError when a bottom series or period is missing or doubled: the sum would lose money in silence.
    """
    wide = widened(bottom)
    _check_complete(pairs, wide)
    if pairs.empty:
        return bottom
    sums = wide.loc[pairs["bottom"]].groupby(pairs[names.SERIES].to_numpy(), sort=True).sum()
    return pd.concat([bottom, lengthened(sums)], ignore_index=True)


def widened(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per series, one column per period. Raises DataError where it has holes or doubles."""
    doubled = int(rows.duplicated([names.SERIES, names.DS]).sum())
    if doubled:
        what = f"{doubled} rows repeat a series and period"
        raise DataError(Fault("doubled-rows", "forecasts", what, "give each series and period once"))
    wide = rows.pivot(index=names.SERIES, columns=names.DS, values=names.YHAT)
    holes = int(wide.isna().to_numpy().sum())
    if holes:
        what = f"{holes} of {wide.size} series and periods have no forecast"
        raise DataError(Fault("missing-periods", "forecasts", what, "forecast every series for the same periods"))
    return wide


def lengthened(wide: pd.DataFrame) -> pd.DataFrame:
    """The long frame ``unique_id, ds, yhat`` of one row per series and one column per period."""
    columns = {
        names.SERIES: np.repeat(wide.index.to_numpy(), wide.shape[1]),
        names.DS: np.tile(wide.columns.to_numpy(), wide.shape[0]),
        names.YHAT: wide.to_numpy(dtype=float).ravel(),
    }
    return pd.DataFrame(columns)


def _check_complete(pairs: pd.DataFrame, wide: pd.DataFrame) -> None:
    asked = pairs["bottom"].unique()
    missing = int((~pd.Index(asked).isin(wide.index)).sum())
    if missing:
        what = f"{missing} of the {len(asked)} bottom series of the totals have no forecast"
        raise DataError(Fault("missing-series", "forecasts", what, "forecast every series that summing names"))
