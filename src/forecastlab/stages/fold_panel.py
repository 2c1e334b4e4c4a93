"""What is known of one fold's past, as series."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from forecastlab.schema import Assigner, Grid, History


@dataclass(frozen=True)
class FoldPanel:
    """The past of one fold as series.

    ``history`` holds the series that are forecast: the finest ones and those counted for themselves, and the sums of
    others where they are wanted. ``grid`` holds
    all levels, ``levels`` tells of each (same order, indexed by ``unique_id``) its ``level, segment, kind``
    (``bottom``, ``own``, ``sum``) and dimensions; ``summing`` which ``bottom`` series add up to which ``unique_id``.
    ``assigner`` is the segmentation as fitted on this past (None: it is not needed). ``account`` maps what became of
    the rows up to the cutoff (``panel``, ``warmup``, ``incomplete``) to rows and cents; ``aside`` maps series of a
    ready-made panel that were set aside to the reason. Under frozen membership ``newcomers`` has the forecasts
    ``unique_id, ds, yhat, source`` of future customers; their series are in ``grid`` and ``levels`` and not in
    ``history``, because they have no past. Else it is empty.
    """

    history: History
    grid: Grid
    levels: pd.DataFrame
    summing: pd.DataFrame
    assigner: Assigner | None
    account: dict[str, tuple[int, int]]
    aside: dict[str, str]
    newcomers: pd.DataFrame = field(default_factory=pd.DataFrame)
