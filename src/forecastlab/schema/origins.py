"""Forecast origins as evidence: those that share no period with each other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from forecastlab.schema import names


def apart(frame: pd.DataFrame) -> Sequence[pd.Timestamp]:
    """The origins whose asked periods share none with those of the origin kept before, the oldest first.

    Errors of forecasts that share periods are correlated; counting them all would make chance look like evidence.
    """
    spans = frame.groupby(names.CUTOFF)[names.DS].agg(["min", "max"]).sort_index()
    kept: list[pd.Timestamp] = []
    until = None
    for cutoff, first, last in spans.itertuples():
        if until is None or first > until:
            kept.append(cutoff)
            until = last
    return kept
