"""Upper series, forecast from their own past, for rules that weigh all levels against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecastlab.schema.names import FUTURE, SEGMENT
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.levels import KIND


def with_upper(panel: FoldPanel) -> FoldPanel:
    """The same panel with the sums of other series among those that are forecast.

    Sums of future customers are not: they have no past that a model could learn from.
    """
    history = panel.history
    ids = panel.levels.index
    sums = (panel.levels[KIND] == "sum") & (panel.levels[SEGMENT] != FUTURE)
    rows = np.flatnonzero((sums | ids.isin(history.grid.ids)).to_numpy())
    static = panel.levels.iloc[rows].drop(columns=KIND)
    return replace(panel, history=replace(history, grid=panel.grid.take(rows), static=static))
