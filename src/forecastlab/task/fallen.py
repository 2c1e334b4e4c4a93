"""Forecasts that fell back, in words: which method, how many, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.schema import names

FEW = 3
"""Reasons that are told; the report has all of them."""


def fallen(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """One line per method that fell back; a series, or a customer, counts once in each fold."""
    key = [names.SERIES, names.CUTOFF]
    for method, outcome in outcomes.items():
        ledger, frame = outcome.failures, outcome.forecasts
        if not len(ledger):
            continue
        fell = len(ledger[key].drop_duplicates())
        level = frame.loc[frame[names.SERIES].isin(ledger[names.SERIES]), names.LEVEL]
        asked = len(frame.loc[frame[names.LEVEL].isin(level.unique()), key].drop_duplicates())
        amount = f"{fell:,} of {asked:,} forecasts" if asked >= fell else f"{fell:,} forecasts"
        members = [str(member) for member in ledger.get("model", pd.Series(dtype=object)).unique() if member]
        how = f"in {amount} a member fell back ({', '.join(members)})" if members else f"{amount} fell back"
        reasons = [str(reason) for reason in ledger["reason"].value_counts().index]
        more = f"; and {len(reasons) - FEW} more reasons" if len(reasons) > FEW else ""
        yield f"{method}: {how}: {'; '.join(reasons[:FEW])}{more}"
