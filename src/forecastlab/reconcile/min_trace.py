"""Forecasts of all levels, weighed against each other by how far each has been off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.reconcile._sums import bottom_of, lengthened, pairs_of, summed, widened
from forecastlab.schema import names

ENOUGH = 2
"""Earlier errors without which a series has no variance."""

SHARED = 4
"""Dates at which every series has an earlier error, without which there is no covariance."""


@dataclass(frozen=True)
class MinTrace:
    """Every series of every level is forecast from its own past; then all give way until they agree.

    Those that erred more at earlier cutoffs give way more, so that the sum of the error variances is least
    (Wickramasuriya, Athanasopoulos and Hyndman, 2019; computed by hierarchicalforecast). Errors of all steps ahead
    are pooled: only how they compare with each other matters. A bottom series that has no earlier errors keeps its
    forecast, an upper one has no say. Where too few errors are known for ``mint_shrink``, ``wls_var`` stands in, and
    where none are known for that, ``wls_struct``.
    """

    method: Annotated[
        Literal["ols", "wls_struct", "wls_var", "mint_shrink"],
        Field(
            description="how far each is trusted: all alike, by how many series it sums, by the variance of its "
            "earlier errors, or by their shrunk covariance"
        ),
    ]
    nonnegative: Annotated[bool, Field(description="whether bottom forecasts below zero are lifted to zero")]

    @property
    def upper(self) -> bool:
        """Yes: all levels have a say."""
        return True

    def reconcile(self, forecasts: pd.DataFrame, summing: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
        """Bottom rows as they gave way, then their sums: ``unique_id, ds, yhat``.

        Forecasts below zero are set to zero before the sums are made (Di Fonzo and Girolimetto, 2023). Raises
        DataError when a bottom series or period is missing or doubled.
        """
        pairs = pairs_of(summing)
        bottom = bottom_of(forecasts, pairs)
        summed(bottom, pairs)  # says what is missing before anything gives way
        upper = widened(forecasts.loc[forecasts[names.SERIES].isin(pairs[names.SERIES])])
        wide = widened(bottom)
        method, errors = self._errors(past)
        if method != "ols" and errors is not None:
            upper = upper.loc[upper.index.isin(errors.index)]
        if upper.empty:
            return summed(bottom, pairs)
        parts = pairs.loc[pairs[names.SERIES].isin(upper.index)]
        among = wide.loc[sorted(parts["bottom"].unique())]
        known = _laid(upper, among, errors) if errors is not None else None
        if method == "mint_shrink" and known is not None:
            shared = known[:, ~np.isnan(known[~np.isnan(known).all(axis=1)]).any(axis=0)]
            method, known = (method, shared) if shared.shape[1] >= SHARED else ("wls_var", known)
        wide.loc[among.index] = _agreed(method, upper, among, parts, known)
        if self.nonnegative:
            wide = wide.clip(lower=0.0)
        return summed(lengthened(wide.loc[bottom[names.SERIES].unique()]), pairs)

    def _errors(self, past: pd.DataFrame) -> tuple[str, pd.DataFrame | None]:
        """The method that can be used now, and for it one row of earlier errors per series that has enough."""
        if self.method in ("ols", "wls_struct"):
            return self.method, None
        rows = past.assign(error=past[names.Y] - past["base"]).dropna(subset=["error"])
        errors = rows.pivot(index=names.SERIES, columns=[names.CUTOFF, names.DS], values="error").sort_index(axis=1)
        errors = errors.loc[errors.notna().sum(axis=1) >= ENOUGH]
        return (self.method, errors) if len(errors) else ("wls_struct", None)


def _laid(upper: pd.DataFrame, bottom: pd.DataFrame, errors: pd.DataFrame) -> NDArray[np.float64]:
    """Earlier errors, upper series first: shape (series, dates), NaN where unknown.

    A bottom series that was always right, such as one without sales, counts as unknown too: it keeps its forecast.
    """
    made = errors.reindex([*upper.index, *bottom.index]).to_numpy(dtype=float)
    below = made[len(upper) :]
    below[~(np.nan_to_num(below) != 0).any(axis=1)] = np.nan
    return made


def _agreed(
    method: str, upper: pd.DataFrame, bottom: pd.DataFrame, parts: pd.DataFrame, errors: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """The bottom forecasts after all have given way; shape (bottom series, periods)."""
    from hierarchicalforecast.methods import MinTrace as Library
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    sums = np.zeros((len(upper) + len(bottom), len(bottom)))
    above = upper.index.get_indexer(pd.Index(parts[names.SERIES]))
    sums[above, bottom.index.get_indexer(pd.Index(parts["bottom"]))] = 1
    sums[len(upper) :] = np.eye(len(bottom))
    yhat = np.vstack([upper.to_numpy(dtype=float), bottom.to_numpy(dtype=float)])
    known = {}
    if errors is not None:
        if method == "wls_var":  # the library divides by all dates, unknown ones included
            seen = np.maximum((~np.isnan(errors)).sum(axis=1, keepdims=True), 1)
            errors = errors * np.sqrt(errors.shape[1] / seen)
        known = {"y_insample": errors, "y_hat_insample": np.zeros_like(errors)}
    with threadpool_limits(1):  # the same bits whatever the number of cores
        fitted = Library(method, num_threads=1).fit(S=sums, y_hat=yhat, **known)
        return np.asarray(fitted.P @ yhat)


PART = MinTrace
