"""The panel of a fold: what a model sees of the past, and, apart from it, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import Assigner, ConfigError, DataError, Fault, Fold, Grid, History, SalesLog, Segmenter
from forecastlab.schema.names import DS, LEVEL, NEW, SEGMENT, SERIES, UNKNOWN, Y
from forecastlab.stages import asof, given
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import UNITS, cells
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.labels import window_days
from forecastlab.stages.levels import KIND, Laid, lay
from forecastlab.stages.opened import opened
from forecastlab.stages.target import check, cuts
from forecastlab.target.sales import Sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def build(log: SalesLog, segmenter: Segmenter, fold: Fold, target: Sales, calendar: Calendar) -> FoldPanel:
    """Cut the sales up to the cutoff into series; later rows are not read.

    The segmentation is fitted on what is known as-of the cutoff. A purchase belongs to the segment its customer had
    at the end of the period before; a first purchase to ``new``; a sale without a customer to ``anonymous``. Values
    are in currency units, pieces, orders or customers per period, zero where nothing was sold. A ready-made panel
    comes as it is. Raises ConfigError, DataError.
    """
    check(target, log.facts)
    keys = cuts(target, segmenter)
    ends = calendar.ends(log.facts)
    ends = ends[ends <= fold.cutoff]
    if not len(ends) or ends[-1] != fold.cutoff:
        what = f"{fold.cutoff:%Y-%m-%d} is not the end of a complete period after the warm-up"
        raise ConfigError(Fault("bad-cutoff", "backtest", what, "choose another cutoff or a shorter dataset.warmup"))
    if log.facts.kind == "panel":
        return given.build(log, keys, fold, calendar, ends)
    asof.check(segmenter, log.facts)
    with opened(log, fold.cutoff) as con:
        assigner = fitted(con, segmenter, fold.cutoff) if SEGMENT in keys else None
        laid = _laid(con, log, segmenter, assigner, ends, target, calendar)
        account = _account(con, calendar, ends)
    return _panel(laid, ends, fold, target, calendar, assigner, account)


def truth(
    log: SalesLog, segmenter: Segmenter, fold: Fold, target: Sales, calendar: Calendar, panel: FoldPanel
) -> pd.DataFrame:
    """What came true, for scoring only: ``unique_id, ds, y, level, segment`` of all levels in the asked periods.

    Labels roll on: each asked period is labelled with what was known at the end of the one before, by the assigner of
    the fold. Series without a past are there too, series without sales are zero. Raises DataError if the asked periods
    are not complete yet.
    """
    if fold.end > log.span[1]:
        what = f"the data ends on {log.span[1]:%Y-%m-%d}, the last asked period on {fold.end:%Y-%m-%d}"
        raise DataError(Fault("no-truth", "backtest", what, "choose an earlier cutoff"))
    if log.facts.kind == "panel":
        return given.truth(log, fold, panel)
    with opened(log, fold.end) as con:
        if panel.assigner is not None:
            asof.gather_days(con, segmenter.attributes)
        laid = _laid(con, log, segmenter, panel.assigner, fold.dates, target, calendar)
    levels = pd.concat([panel.levels, laid.levels.drop(index=panel.levels.index, errors="ignore")]).sort_index()
    values = np.zeros((len(levels), len(fold.dates)))
    values[levels.index.get_indexer(pd.Index(laid.ids))] = laid.values / UNITS[target.value]
    frame = Grid(levels.index.to_numpy(dtype=str), fold.dates, values).to_long()
    return frame.join(levels[[LEVEL, SEGMENT]], on=SERIES)[[SERIES, DS, Y, LEVEL, SEGMENT]]


def fitted(con: DuckDBPyConnection, segmenter: Segmenter, cutoff: pd.Timestamp) -> Assigner:
    """The segmentation as learnt from all customers as-of the cutoff; fills the table ``days`` on the way."""
    asof.gather_days(con, segmenter.attributes)
    return segmenter.fit(asof.everyone(con, cutoff, window_days(segmenter), segmenter.attributes))


def _laid(
    con: DuckDBPyConnection,
    log: SalesLog,
    segmenter: Segmenter,
    assigner: Assigner | None,
    ends: pd.DatetimeIndex,
    target: Sales,
    calendar: Calendar,
) -> Laid:
    keys = cuts(target, segmenter)
    # Without a warm-up nobody can say whether the first row of data that starts in mid-life is a first purchase.
    first = NEW if log.facts.firsts_are_true or calendar.warmup else UNKNOWN
    found = cells(con, calendar, ends, target, keys, log.facts, segmenter, assigner, first)
    return lay(found, keys, ends)


def _panel(
    laid: Laid,
    ends: pd.DatetimeIndex,
    fold: Fold,
    target: Sales,
    calendar: Calendar,
    assigner: Assigner | None,
    account: dict[str, tuple[int, int]],
) -> FoldPanel:
    kept = slice(-fold.train if fold.train else None, None)
    grid = Grid(laid.ids, ends[kept], laid.values[:, kept] / UNITS[target.value])
    rows = np.flatnonzero((laid.levels[KIND] != "sum").to_numpy())
    static = laid.levels.iloc[rows].drop(columns=KIND)
    history = History(grid.take(rows), calendar.freq, calendar.bearable(len(grid.ds)), static)
    return FoldPanel(history, grid, laid.levels, laid.summing, assigner, account, {})


def _account(con: DuckDBPyConnection, calendar: Calendar, ends: pd.DatetimeIndex) -> dict[str, tuple[int, int]]:
    """Where the rows and the cents of the view ``sales`` are: in the panel, before it, or after its last period."""
    by_day = con.execute(
        "SELECT CAST(time AS DATE) AS day, count(*) AS rows, CAST(sum(amount) AS BIGINT) AS cents "
        "FROM sales GROUP BY ALL"
    ).df()
    day = pd.DatetimeIndex(by_day["day"])
    place = np.select([day < calendar.freq.start(ends[0]), day <= ends[-1]], ["warmup", "panel"], "incomplete")
    sums = by_day.groupby(place)[["rows", "cents"]].sum()
    return {where: (int(rows), int(cents)) for where, rows, cents in sums.itertuples(name=None)}
