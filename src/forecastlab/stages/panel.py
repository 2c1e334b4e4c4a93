"""The panel of a fold: what a model sees of the past, and, apart from it, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import (
    Assigner,
    ConfigError,
    DataError,
    Fault,
    Fold,
    Grid,
    History,
    SalesLog,
    Segmenter,
    SeriesSegmenter,
)
from forecastlab.schema.names import DS, FUTURE, LEVEL, NEW, SEGMENT, SERIES, UNKNOWN, Y
from forecastlab.stages import asof, classes, given, newcomers
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import UNITS, cells
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.labels import Membership, window_days
from forecastlab.stages.levels import KIND, Laid, lay
from forecastlab.stages.opened import opened
from forecastlab.stages.target import check, cuts
from forecastlab.target.sales import Sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


AnySegmenter = Segmenter | SeriesSegmenter


def build(log: SalesLog, segmenter: AnySegmenter, fold: Fold, target: Sales, calendar: Calendar) -> FoldPanel:
    """Cut the sales up to the cutoff into series; later rows are not read.

    The segmentation is fitted on what is known as-of the cutoff. A purchase belongs to the segment its customer had
    at the end of the period before; a first purchase to ``new``; a sale without a customer to ``anonymous``. Under
    frozen membership all purchases of a customer belong to the segment that the customer has at the cutoff. Values
    are in currency units, pieces, orders or customers per period, zero where nothing was sold. A ready-made panel
    comes as it is. A segmentation of series gives each series its class. Raises ConfigError, DataError.
    """
    check(target, log.facts, segmenter)
    keys = cuts(target, segmenter)
    ends = calendar.ends(log.facts)
    ends = ends[ends <= fold.cutoff]
    if not len(ends) or ends[-1] != fold.cutoff:
        what = f"{fold.cutoff:%Y-%m-%d} is not the end of a complete period after the warm-up"
        raise ConfigError(Fault("bad-cutoff", "backtest", what, "choose another cutoff or a shorter dataset.warmup"))
    if log.facts.kind == "panel":
        built = given.build(log, keys, fold, calendar, ends)
    else:
        built = _of_log(log, segmenter, fold, target, calendar, ends)
    return classes.classified(built, segmenter) if isinstance(segmenter, SeriesSegmenter) else built


def _of_log(
    log: SalesLog, segmenter: AnySegmenter, fold: Fold, target: Sales, calendar: Calendar, ends: pd.DatetimeIndex
) -> FoldPanel:
    keys, frozen = cuts(target, segmenter), target.membership == "frozen"
    kept = ends[-fold.train :] if fold.train else ends
    with opened(log, fold.cutoff) as con:
        membership = None
        if not isinstance(segmenter, SeriesSegmenter):
            asof.check(segmenter, log.facts)
            if SEGMENT in keys:
                membership = membership_of(log, segmenter, fitted(con, segmenter, fold.cutoff), fold, target, calendar)
        found = cells(con, calendar, ends, target, keys, log.facts, membership)
        laid = lay(newcomers.reserve(found, ends) if frozen else found, keys, ends)
        ahead = pd.DataFrame()
        if frozen:
            later = laid.levels[(laid.levels[SEGMENT] == FUTURE) & (laid.levels[KIND] != "sum")]
            ahead = newcomers.foretell(con, later, kept, fold, target, keys, calendar, log.span[0])
        account = _account(con, calendar, ends)
    return _panel(laid, ends, fold, target, calendar, membership.assigner if membership else None, account, ahead)


def truth(
    log: SalesLog, segmenter: AnySegmenter, fold: Fold, target: Sales, calendar: Calendar, panel: FoldPanel
) -> pd.DataFrame:
    """What came true, for scoring only: ``unique_id, ds, y, level, segment`` of all levels in the asked periods.

    Labels roll on: each asked period is labelled with what was known at the end of the one before, by the assigner of
    the fold. Under frozen membership customers keep the label of the cutoff, and those first seen after it are
    ``future_customers``. Series without a past are there too, series without sales are zero. Raises DataError if the
    asked periods are not complete yet.
    """
    if fold.end > log.span[1]:
        what = f"the data ends on {log.span[1]:%Y-%m-%d}, the last asked period on {fold.end:%Y-%m-%d}"
        raise DataError(Fault("no-truth", "backtest", what, "choose an earlier cutoff"))
    if isinstance(segmenter, SeriesSegmenter):
        return classes.labelled(_came(log, None, fold, target, calendar, panel), panel)
    membership = membership_of(log, segmenter, panel.assigner, fold, target, calendar) if panel.assigner else None
    return _came(log, membership, fold, target, calendar, panel)


def _came(
    log: SalesLog, membership: Membership | None, fold: Fold, target: Sales, calendar: Calendar, panel: FoldPanel
) -> pd.DataFrame:
    if log.facts.kind == "panel":
        return given.truth(log, fold, panel)
    with opened(log, fold.end) as con:
        if membership is not None:
            asof.gather_days(con, membership.segmenter.attributes)
        keys = tuple(key for key in target.series_by if key != SEGMENT or membership is not None)
        laid = lay(cells(con, calendar, fold.dates, target, keys, log.facts, membership), keys, fold.dates)
    levels = pd.concat([panel.levels, laid.levels.drop(index=panel.levels.index, errors="ignore")]).sort_index()
    values = np.zeros((len(levels), len(fold.dates)))
    values[levels.index.get_indexer(pd.Index(laid.ids))] = laid.values / UNITS[target.value]
    frame = Grid(levels.index.to_numpy(dtype=str), fold.dates, values).to_long()
    return frame.join(levels[[LEVEL, SEGMENT]], on=SERIES)[[SERIES, DS, Y, LEVEL, SEGMENT]]


def fitted(con: DuckDBPyConnection, segmenter: Segmenter, cutoff: pd.Timestamp) -> Assigner:
    """The segmentation as learnt from all customers as-of the cutoff; fills the table ``days`` on the way."""
    asof.gather_days(con, segmenter.attributes)
    return segmenter.fit(asof.everyone(con, cutoff, window_days(segmenter), segmenter.attributes))


def membership_of(
    log: SalesLog, segmenter: Segmenter, assigner: Assigner, fold: Fold, target: Sales, calendar: Calendar
) -> Membership:
    """How the purchases of this fold get their segment."""
    if target.membership == "frozen":
        return Membership(segmenter, assigner, FUTURE, fold.cutoff)
    # Without a warm-up nobody can say whether the first row of data that starts in mid-life is a first purchase.
    first = NEW if log.facts.firsts_are_true or calendar.warmup else UNKNOWN
    return Membership(segmenter, assigner, first, None)


def _panel(
    laid: Laid,
    ends: pd.DatetimeIndex,
    fold: Fold,
    target: Sales,
    calendar: Calendar,
    assigner: Assigner | None,
    account: dict[str, tuple[int, int]],
    ahead: pd.DataFrame,
) -> FoldPanel:
    kept = slice(-fold.train if fold.train else None, None)
    grid = Grid(laid.ids, ends[kept], laid.values[:, kept] / UNITS[target.value])
    foretold = laid.levels[KIND] != "sum"
    if len(ahead):
        foretold &= laid.levels[SEGMENT] != FUTURE  # they have no past that a model could learn from
    rows = np.flatnonzero(foretold.to_numpy())
    static = laid.levels.iloc[rows].drop(columns=KIND)
    season, longer = calendar.borne(grid.take(rows))
    history = History(grid.take(rows), calendar.freq, season, static, None, longer)
    return FoldPanel(history, grid, laid.levels, laid.summing, assigner, account, {}, ahead)


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
