"""Figures of customers as they may leave: money to two digits, and no group that is too small."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

FEWEST = 5
"""Customers without which no figure of a segment leaves."""

DIGITS = 2
"""Significant digits of money that leaves beside a pseudonym: exact amounts name a customer as well as an id does."""

OTHER = "other"
"""What groups that are too small are called together."""


def rounded(values: pd.Series[float]) -> pd.Series[float]:
    """The values to two significant digits."""
    raw = values.to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = 10.0 ** (np.floor(np.log10(np.abs(raw))) - DIGITS + 1)
        found = np.round(raw / size) * size
    return pd.Series(np.where(np.isfinite(size) & (raw != 0), found, raw), index=values.index)


def merged(sizes: Mapping[str, int]) -> dict[str, str]:
    """Which group each counts for: itself, or ``other`` for those with too few customers.

    If these are too few together, the next smallest joins them, or the others would tell what is missing.
    """
    ranked = sorted(sizes, key=lambda name: (sizes[name], name))
    gone = [name for name in ranked if sizes[name] < FEWEST]
    if gone and sum(sizes[name] for name in gone) < FEWEST:
        gone = ranked[: len(gone) + 1]
    return {name: OTHER if name in gone else name for name in sizes}
