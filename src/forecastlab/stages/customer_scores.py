"""Fit and ask a method, guarded: everybody who was asked gets one finite score, and what went wrong is told."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from forecastlab.schema import Fold, names, quantile_column
from forecastlab.schema.customers import Additive, CustomerModel, CustomerPast, FittedCustomers
from forecastlab.stages.customer_list import STRONGEST
from forecastlab.stages.forecast import FAILURES
from forecastlab.stages.reasons import given

TERMS = [names.SERIES, "rank", "driver", "value", "term"]
"""Columns of what drives a score: the feature, its value and what it adds."""


@dataclass(frozen=True)
class Scores:
    """The answer of one fold: ``unique_id, yhat, q…, source`` in the order of the asked, fallbacks with their reason.

    ``terms`` are the strongest drivers of each score where the method can tell; ``clipped`` counts scores that were put
    back into their range; ``remarks`` are what the method says of its own fit.
    """

    frame: pd.DataFrame
    failures: pd.DataFrame
    terms: pd.DataFrame = field(default_factory=pd.DataFrame)
    clipped: int = 0
    remarks: tuple[str, ...] = ()


def scores(
    model: CustomerModel, pasts: Sequence[tuple[CustomerPast, pd.DataFrame]], folds: Sequence[Fold]
) -> list[Scores]:
    """The answers to the folds of one block: the method is fitted at the first and asked at all; it may raise."""
    fitted = fit(model, pasts[0][0])
    return [answer(fitted, past, asked, fold) for (past, asked), fold in zip(pasts, folds, strict=True)]


def fit(model: CustomerModel, past: CustomerPast) -> FittedCustomers:
    """The method as it was fitted; it may raise."""
    with _hushed():
        return model.fit(past)


def answer(fitted: FittedCustomers, past: CustomerPast, asked: pd.DataFrame, fold: Fold) -> Scores:
    """Finite, within the range: or the mean of what is learned from, and a row in the ledger."""
    with _hushed():
        return _guarded(fitted, past, asked, fold)


@contextmanager
def _hushed() -> Iterator[None]:
    """Libraries warn of what the line looks at itself."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _guarded(fitted: FittedCustomers, past: CustomerPast, asked: pd.DataFrame, fold: Fold) -> Scores:
    told = fitted.score(asked)
    values = np.asarray(told.values, dtype=np.float64)
    if values.shape != (len(asked),):
        raise ValueError(f"the method gave {values.shape[0] if values.ndim else 0} scores for {len(asked)} customers")
    bad = ~np.isfinite(values)
    values = np.where(bad, past.average, values)
    whole = np.clip(values, *past.bounds)
    ids = asked[names.CUSTOMER].to_numpy(dtype=str)
    frame = pd.DataFrame({names.SERIES: ids, names.YHAT: whole, "source": np.where(bad, "fallback", "model")})
    for level, quantile in sorted(told.quantiles.items()):
        frame[quantile_column(level)] = np.where(bad, np.nan, quantile)
    ledger = [(name, fold.cutoff, "failed", "not a finite number", "mean") for name in asked.loc[bad, names.CUSTOMER]]
    terms = strongest(fitted, asked)
    remarks = tuple(getattr(fitted, "remarks", ()))
    return Scores(frame, pd.DataFrame(ledger, columns=FAILURES), terms, int((whole != values).sum()), remarks)


def strongest(fitted: FittedCustomers, asked: pd.DataFrame) -> pd.DataFrame:
    """The terms of each customer that add or take away most, the strongest first, and the reasons that they gave.

    None where a method cannot tell.
    """
    if not isinstance(fitted, Additive):
        return pd.DataFrame(columns=TERMS)
    terms, ids = fitted.terms(asked), asked[names.CUSTOMER].to_numpy(dtype=str)
    matrix = terms.to_numpy(dtype=np.float64)
    order = np.argsort(-np.abs(matrix), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable") + 1
    rows, columns = np.nonzero((rank <= STRONGEST) | given(terms, asked))
    turned = np.lexsort((rank[rows, columns], rows))
    rows, columns = rows[turned], columns[turned]
    raw = asked.reindex(columns=list(terms.columns)).astype(str).to_numpy(dtype=object)
    return pd.DataFrame(
        {
            names.SERIES: ids[rows],
            "rank": rank[rows, columns],
            "driver": np.asarray(terms.columns, dtype=object)[columns],
            "value": raw[rows, columns],
            "term": matrix[rows, columns],
        }
    )
