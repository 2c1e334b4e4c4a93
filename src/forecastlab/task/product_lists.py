"""Lists of items as readers get them: the next best ones of each customer, and the rules behind them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.schema import names

COLUMNS = {
    names.SERIES: names.SERIES,
    names.SEGMENT: names.SEGMENT,
    "rank": "rank",
    "item": "item",
    names.YHAT: "score",
    "because": "because",
}
"""Columns of the lists, by those of forecasts: ``because`` is what was bought that speaks for the item."""


def has_lists(outcome: Outcome) -> bool:
    """Whether the run makes lists of items."""
    return "item" in outcome.forecasts


def next_best(outcome: Outcome) -> pd.DataFrame:
    """The lists of the last fold, one row per customer and item, in order."""
    rows = outcome.forecasts
    last = rows.loc[rows[names.CUTOFF] == rows[names.CUTOFF].max(), list(COLUMNS)]
    return pd.DataFrame(last).rename(columns=COLUMNS).sort_values([names.SERIES, "rank"], ignore_index=True)


def write(outcome: Outcome, folder: Path) -> None:
    """Write the lists, and the rules where there are some, as tables that can be looked at in the browser."""
    next_best(outcome).to_csv(folder / "next_best.csv", index=False)
    if len(outcome.effects):
        outcome.effects.to_csv(folder / "rules.csv", index=False)


def said(outcome: Outcome) -> list[str]:
    """What the lists say, in sentences."""
    found = ["the next best products of every customer at the last fold: see next_best.csv"]
    if not len(outcome.effects):
        return found
    best = outcome.effects.iloc[0]
    return [
        *found,
        f"{len(outcome.effects):,} rules, see rules.csv; the first of them: {best['antecedent']} → "
        f"{best['consequent']} (confidence {best['confidence']:.0%}, lift {best['lift']:.2f})",
    ]
