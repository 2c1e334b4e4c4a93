"""Ready-made panels, such as those of the M competitions: series as they come, no customers, nothing to add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import ConfigError, DataError, Fault, Fold, Grid, History, SalesLog
from forecastlab.schema.names import DS, LEVEL, SEGMENT, SERIES, Y
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.clean import clipped, interpolated
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.levels import KIND, Keys
from forecastlab.stages.opened import name, text

OWN = "series"
"""The one level of a ready-made panel."""


def build(log: SalesLog, keys: Keys, fold: Fold, calendar: Calendar, ends: pd.DatetimeIndex) -> FoldPanel:
    """The series up to the cutoff, each of the level ``series``; later rows are not read.

    A series with a hole, with a value that is not finite, or that ended before the cutoff is set aside, with the
    reason. Raises ConfigError if the panel is to be cut, DataError if a date is not the end of a period.
    """
    if keys:
        what = f"a ready-made panel cannot be cut by {', '.join(keys)}"
        raise ConfigError(Fault("panel-cut", "target.series_by", what, "type segmentation=none target.series_by=[]"))
    frame = _read(log, f"ds <= TIMESTAMP {text(str(fold.cutoff))}", log.facts.dimensions)
    strange = ~frame[DS].isin(ends)
    if strange.any():
        what = f"{int(strange.sum())} rows have a date that is not the last day of a period of {calendar.freq.code}"
        raise DataError(Fault("bad-period", DS, what, "write each period's last day, or choose another dataset.freq"))
    grid = Grid.from_long(frame, ends)
    account = {"panel": (len(frame), 0)}
    if "interpolate" in log.facts.clean:
        grid, count = interpolated(grid)
        account["interpolated"] = (count, 0)
    reasons = _reasons(grid.values)
    whole = np.flatnonzero(reasons == "")
    aside = {str(grid.ids[i]): str(reasons[i]) for i in np.flatnonzero(reasons != "")}
    grid = grid.take(whole)
    kept = slice(-fold.train if fold.train else None, None)
    grid = Grid(grid.ids, ends[kept], grid.values[:, kept])
    levels = _levels(frame, grid.ids, log.facts.dimensions)
    season, longer = calendar.borne(grid)
    seen = grid
    if "clip" in log.facts.clean:
        seen, count = clipped(grid, (season, *longer))
        account["clipped"] = (count, 0)
    history = History(seen, calendar.freq, season, levels.drop(columns=KIND), None, longer)
    summing = pd.DataFrame({SERIES: [], "bottom": []}, dtype=str)
    return FoldPanel(history, grid, levels, summing, None, account, aside)


def truth(log: SalesLog, fold: Fold, panel: FoldPanel) -> pd.DataFrame:
    """What came true: ``unique_id, ds, y, level, segment`` in the asked periods, without series that were set aside.

    Values that were not observed are left out.
    """
    asked = ", ".join(f"TIMESTAMP {text(str(ds))}" for ds in fold.dates)
    frame = _read(log, f"ds IN ({asked})", ())
    seen = ~frame[SERIES].isin(list(panel.aside)) & np.isfinite(frame[Y])
    observed: pd.DataFrame = frame.loc[seen].reset_index(drop=True)
    return observed.assign(**{LEVEL: OWN, SEGMENT: ""})


def _read(log: SalesLog, where: str, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """The rows that have a value: others are there for their drivers, such as those after the end of a series."""
    import duckdb

    columns = ", ".join(["unique_id", "CAST(ds AS TIMESTAMP) AS ds", "CAST(y AS DOUBLE) AS y", *map(name, dimensions)])
    with duckdb.connect(config={"threads": 1}) as con:
        source = f"read_parquet({text(str(log.path))})"
        query = f"SELECT {columns} FROM {source} WHERE y IS NOT NULL AND {where} ORDER BY unique_id, ds"
        frame: pd.DataFrame = con.execute(query).df()
        return frame


def _reasons(values: NDArray[np.float64]) -> NDArray[np.str_]:
    """Why a series cannot be used; empty for those that can: numbers from their first period to the cutoff."""
    seen = np.isfinite(values)
    started = np.maximum.accumulate(~np.isnan(values), axis=1)
    return np.select(
        [~seen.any(axis=1), ~seen[:, -1], (started & ~seen).any(axis=1)],
        ["has no value", "has no value in the last period before the cutoff", "has a hole"],
        default="",
    )


def _levels(frame: pd.DataFrame, ids: NDArray[np.str_], dimensions: tuple[str, ...]) -> pd.DataFrame:
    attributes = frame.groupby(SERIES)[list(dimensions)].last().reindex(pd.Index(ids, name=SERIES))
    fixed = pd.DataFrame({LEVEL: OWN, SEGMENT: "", KIND: "own"}, index=attributes.index)
    return pd.concat([fixed, attributes], axis=1)
