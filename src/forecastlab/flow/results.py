"""What one fold of a run comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from forecastlab.flow.jobs import Cost
from forecastlab.schema import Fold


@dataclass(frozen=True)
class FoldResult:
    """One fold, answered: scored forecasts at all levels, series that fell back, and what it cost.

    ``frame`` is None where the model failed as a whole; ``reason`` then says why. ``account`` maps what became of the
    rows before the cutoff to rows and cents; ``aside`` maps series that were set aside before any fit to the reason.
    ``effects`` is what the methods have learned of their columns (see ``Explained``), with the ``model``; ``what_if``
    has the forecasts of all levels under each assumption: ``scenario, unique_id, ds, yhat``, and ``base`` beside.
    ``notes`` says what a reader must know to take the figures for what they are. ``said`` is what the members of every
    composite said beside what came true, by its place in the method.
    """

    fold: Fold
    frame: pd.DataFrame | None
    failures: pd.DataFrame
    clipped: int
    cost: Cost
    account: Mapping[str, tuple[int, int]]
    aside: Mapping[str, str]
    reason: str = ""
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)
    what_if: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()
    said: Mapping[str, pd.DataFrame] = field(default_factory=dict)
