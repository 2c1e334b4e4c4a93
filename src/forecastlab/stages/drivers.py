"""Drivers laid on series: what was published by the cutoff, and what the declared rule says of the periods after it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model.theta import Theta
from forecastlab.schema import ConfigError, DataError, Fault, Fold, Future, Grid, History, nearest
from forecastlab.schema.names import DS, SERIES
from forecastlab.schema.parts import Known

Floats = NDArray[np.float64]

OWN_PAST = Theta("standard", "additive")
"""How a column with ``future: forecast`` is foretold from its own past; it may fall below zero."""


@dataclass(frozen=True)
class DriverTable:
    """A loaded driver: its file (the columns of ``by``, ``ds`` and number columns) and its declared rules."""

    name: str
    path: Path
    by: tuple[str, ...]
    future: Known
    lag: int
    scenario: Mapping[str, float | str] | None


@dataclass(frozen=True)
class Drivers:
    """Columns by name: ``past`` of shape (series, periods up to the cutoff), ``ahead`` of shape (series, reach)."""

    past: Mapping[str, Floats]
    ahead: Mapping[str, Floats]


def check_known(tables: tuple[DriverTable, ...], folds: Sequence[Fold], oracle: bool) -> None:
    """Raise DataError where a driver that is declared known has no value in a period that some fold asks for.

    Said before anything is computed; ``oracle`` takes every driver for known.
    """
    faults: dict[str, Fault] = {}
    for table in tables:
        if table.future == "drop" or not (oracle or table.future == "known"):
            continue
        frame = pd.read_parquet(table.path)
        groups = _keys(frame, table.by)
        for fold, column in itertools.product(folds, _columns(frame, table)):
            asked, name = fold.freq.after(fold.cutoff, fold.gap + fold.horizon), f"{table.name}.{column}"
            values = _matrix(frame, column, groups, table.by, asked)
            for fault in _unknown(name, values, fold.cutoff, asked):
                faults.setdefault(name, fault)
    if faults:
        raise DataError(faults.values())


def lay(tables: tuple[DriverTable, ...], history: History, fold: Fold, oracle: bool) -> Drivers:
    """What a model may know of the drivers at the cutoff of a fold; ``oracle`` lets it see the realised future.

    A value is known once ``lag`` periods have passed since its own; before that, and after the cutoff, the declared
    rule fills in. A series for which a table has no rows of its own gets the mean of all that it has. Raises DataError
    where a driver that is declared known has no value in an asked period, ConfigError where a scenario names a column
    that the driver has not.
    """
    past: dict[str, Floats] = {}
    ahead: dict[str, Floats] = {}
    asked = fold.freq.after(fold.cutoff, fold.gap + fold.horizon)
    faults: list[Fault] = []
    for table in tables:
        if table.future == "drop":
            continue
        frame = pd.read_parquet(table.path)
        groups, of_series = _groups(frame, table.by, history)
        columns = _columns(frame, table)
        _check_scenario(table, columns)
        for column in columns:
            name = f"{table.name}.{column}"
            values = _matrix(frame, column, groups, table.by, pd.DatetimeIndex(history.grid.ds.append(asked)))
            if oracle or table.future == "known":
                faults += _unknown(name, values, fold.cutoff, asked)
                known, coming = _filled(values[:, : -len(asked)]), values[:, -len(asked) :]
            else:
                published = values[:, : max(len(history.grid.ds) - table.lag, 0)]
                rule = (table.scenario or {}).get(column)
                told = _told(published, values.shape[1] - published.shape[1], table.future, rule, history)
                known, coming = told[:, : len(history.grid.ds)], told[:, len(history.grid.ds) :]
            past[name], ahead[name] = known[of_series], coming[of_series]
    if faults:
        raise DataError(faults)
    return Drivers(past, ahead)


def changed(values: Floats, change: float | str) -> Floats:
    """Values as a scenario says: a number stands in their place; ``+10%`` and ``-3`` as text change them."""
    if not isinstance(change, str):
        return np.full_like(values, float(change))
    number = float(change.rstrip("%"))
    return values * (1 + number / 100) if change.endswith("%") else values + number


def _groups(frame: pd.DataFrame, by: tuple[str, ...], history: History) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """The distinct keys of a table, and for each series its row among them; one past the last: the mean of all."""
    if not by:
        return _keys(frame, by), np.zeros(len(history.grid.ids), dtype=np.intp)
    groups = _keys(frame, by)
    attributes = history.static.reset_index(names=SERIES) if SERIES in by else history.static
    known = attributes.reindex(columns=list(by)).astype(str)
    found = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(known))
    return groups, np.where(found < 0, len(groups), found).astype(np.intp)


def _keys(frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """The distinct keys of a table, sorted; one row without a column where it has no keys."""
    if not by:
        return pd.DataFrame(index=[0])
    return frame[list(by)].astype(str).drop_duplicates().sort_values(list(by), ignore_index=True)


def _columns(frame: pd.DataFrame, table: DriverTable) -> list[str]:
    return [name for name in frame.columns if name not in (*table.by, DS)]


def _matrix(
    frame: pd.DataFrame, column: str, groups: pd.DataFrame, by: tuple[str, ...], ds: pd.DatetimeIndex
) -> Floats:
    """A column by key and period, NaN where it has no value; where there are keys, their mean comes last."""
    if not by:
        values: Floats = frame.set_index(DS)[column].reindex(ds).to_numpy(dtype=float)[None]
        return values
    keys = pd.MultiIndex.from_frame(frame[list(by)].astype(str))
    row = pd.MultiIndex.from_frame(groups).get_indexer(keys)
    at = ds.get_indexer(pd.DatetimeIndex(frame[DS]))
    laid = np.full((len(groups), len(ds)), np.nan)
    laid[row[at >= 0], at[at >= 0]] = frame[column].to_numpy(dtype=float)[at >= 0]
    seen = ~np.isnan(laid)
    with np.errstate(invalid="ignore"):
        mean = np.where(seen, laid, 0).sum(axis=0) / seen.sum(axis=0)
    return np.vstack([laid, mean])


def _check_scenario(table: DriverTable, columns: list[str]) -> None:
    unknown = [name for name in table.scenario or {} if name not in columns]
    if unknown:
        what = f"{table.name} has the columns {', '.join(columns)}"
        raise ConfigError(
            Fault("unknown-column", f"driver.{table.name}.scenario", f"found {name}, {what}", nearest(name, columns))
            for name in unknown
        )


def _unknown(name: str, values: Floats, cutoff: pd.Timestamp, asked: pd.DatetimeIndex) -> list[Fault]:
    missing = np.flatnonzero(np.isnan(values[:, -len(asked) :]).any(axis=0))
    if not len(missing):
        return []
    what = (
        f"{name} is declared known and has no value in {len(missing)} of the {len(asked)} periods after "
        f"{cutoff:%Y-%m-%d}, the first of them {asked[missing[0]]:%Y-%m-%d}"
    )
    driver = name.partition(".")[0]
    return [
        Fault("unknown-future", f"driver.{driver}", what, f"complete its source, or type driver.{driver}.future=last")
    ]


def _filled(values: Floats) -> Floats:
    """Gaps closed by the value before, and before the first value by that one; zero where there is none at all."""
    frame = pd.DataFrame(values.T).ffill().bfill().fillna(0.0)
    return np.ascontiguousarray(frame.to_numpy(dtype=float).T)


def _told(published: Floats, reach: int, future: Known, rule: float | str | None, history: History) -> Floats:
    """Published values, and what the rule says of the ``reach`` periods after them."""
    if not published.shape[1]:
        return np.zeros((len(published), reach))
    known = _filled(published)
    last = np.repeat(known[:, -1:], reach, axis=1)
    if future == "scenario" and rule is not None:
        last = changed(last, rule)
    if future == "forecast":
        last = _foretold(known, reach, history)
    return np.hstack([known, last])


def _foretold(known: Floats, reach: int, history: History) -> Floats:
    """Each column forecast from its own past; where that fails, its last value."""
    ids = np.array([f"{i:06d}" for i in range(len(known))])
    ds = history.grid.ds[: known.shape[1]]
    grid = Grid(ids, ds, known)
    season = history.season if known.shape[1] > 2 * history.season else 1
    fitted = OWN_PAST.fit(History(grid, history.freq, season, pd.DataFrame(index=pd.Index(ids, name=SERIES))))
    yhat = fitted.predict(Future(history.freq.after(ds[-1], reach))).yhat
    return np.where(np.isfinite(yhat).all(axis=1, keepdims=True), yhat, known[:, -1:])
