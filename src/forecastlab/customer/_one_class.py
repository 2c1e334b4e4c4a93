"""Rows from which nothing can be learned, because all had the same outcome."""

from __future__ import annotations

import numpy as np

from forecastlab.schema import DataError, Fault
from forecastlab.schema.customers import CustomerPast


def both_happened(past: CustomerPast) -> None:
    """Raise DataError where the event happened to all customers that are learned from, or to none."""
    found = np.unique(past.label)
    if len(found) < 2:
        what = f"the event happened to {'all' if found.sum() else 'none'} of the {len(past.rows)} rows learned from"
        fix = "type another backtest.horizon, or let the target ask more customers"
        raise DataError(Fault("one-outcome", "target", what, fix))
