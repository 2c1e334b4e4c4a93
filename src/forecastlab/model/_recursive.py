"""Forecasting with a regression: one row per series and period, forecasts fed back as the next step's past.

Every series is divided by its mean absolute value, so that series of any size can share one regression.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model._drivers import check_same, onward
from forecastlab.model._effects import Effect, table
from forecastlab.model._feature_columns import columns_at, moved_by_drivers, moved_by_values
from forecastlab.model._linear import LinearRule
from forecastlab.schema import ConfigError, Fault, Feature, Forecast, Frequency, Future, Grid, History, names, nearest
from forecastlab.schema.parts import State
from forecastlab.schema.state import of_grid, pack, to_grid, unpack

Floats = NDArray[np.float64]
Target = Literal["level", "change"]


class Rule(Protocol):
    """What a regression has learned: rows of features → values."""

    def predict(self, x: Floats) -> Floats:
        """The value of each row of ``x`` (rows, columns); NaN marks what is missing."""
        ...

    def state(self) -> Any:
        """Its content as a nest of dicts, scalars and arrays."""
        ...


class Regression(Protocol):
    """What a part says about its regression."""

    @property
    def features(self) -> Mapping[str, Feature]: ...
    @property
    def fit_by(self) -> Sequence[str]: ...
    @property
    def statics(self) -> Sequence[str]: ...
    @property
    def target(self) -> Target: ...

    def learn(self, x: Floats, y: Floats) -> Rule:
        """Learn from rows (rows, columns); at least one row is given, and NaN marks what is missing."""
        ...


@dataclass(frozen=True)
class FittedRecursive:
    """One rule per group of series, and the scaled past that the rules are applied to.

    ``group[i]`` is the number of the rule of series i; ``statics`` are its constant columns, of shape (series,
    columns). A rule that could not be learned is None, with the reason in ``reasons``. ``columns`` names the feature
    columns that there were to learn from; a feature that finds more of them later is not asked for those, and one
    that finds fewer, because a history has become shorter than a year, leaves them missing.
    """

    part: Regression
    columns: tuple[str, ...]
    freq: Frequency
    grid: Grid
    scale: Floats
    statics: Floats
    group: NDArray[np.intp]
    rules: tuple[Rule | None, ...]
    reasons: tuple[str, ...]

    @property
    def failures(self) -> dict[str, str]:
        """Series that get no forecast, and why."""
        reasons = dict(zip(self.grid.ids.tolist(), [self.reasons[number] for number in self.group], strict=True))
        reasons |= dict.fromkeys(self.grid.ids[self._empty].tolist(), "no observation")
        return {name: reason for name, reason in reasons.items() if reason}

    @property
    def _empty(self) -> NDArray[np.bool_]:
        return np.isnan(self.grid.values[:, -1])

    def predict(self, future: Future) -> Forecast:
        """Step by step, all series at once; NaN rows for the failed ones. No quantiles of its own.

        Raises DataError where drivers are missing whose past the rules were learned from.
        """
        first, reach = len(self.grid.ds), future.reach
        ds = pd.DatetimeIndex(self.grid.ds.append(self.freq.after(self.grid.ds[-1], reach)))
        values = np.hstack([self.grid.values, np.full((len(self.grid.ids), reach), np.nan)])
        ahead = Grid(self.grid.ids, ds, values, onward(self.grid, future))
        missing = np.full((len(self.grid.ids), 1), np.nan)
        for t in range(first, first + reach):
            found = columns_at(self.part.features, ahead, np.array([t]))
            x = np.hstack([*(found.get(column, missing) for column in self.columns), self.statics])
            values[:, t] = self._apply(x) + (values[:, t - 1] if self.part.target == "change" else 0)
        values[self._empty] = np.nan
        return Forecast(self.grid.ids, future.ds, values[:, first + future.lead - 1 :] * self.scale[:, None])

    def update(self, history: History) -> FittedRecursive:
        """The same rules applied to a longer past. Raises DataError where its drivers are others."""
        check_same(self.grid.drivers, history.grid.drivers)
        scale = _scale(history.grid)
        return replace(self, grid=_scaled(history.grid, scale), scale=scale)

    def state(self) -> State:
        """The rules, and the past they are applied to."""
        return pack(
            {
                "columns": list(self.columns),
                "freq": self.freq.code,
                "grid": of_grid(self.grid),
                "scale": self.scale,
                "statics": self.statics,
                "group": self.group,
                "rules": [rule and rule.state() for rule in self.rules],
                "reasons": self.reasons,
            }
        )

    def effects(self) -> pd.DataFrame:
        """What one more unit of each feature column adds to each series; an empty frame for rules without intervals.

        Columns that are made of past values (lags) are in the units of the series, all others in their own. With
        ``target: change`` it is the change to which they add. Elasticities are those of drivers.
        """
        if not any(isinstance(rule, LinearRule) for rule in self.rules):
            return table([])
        found = columns_at(self.part.features, self.grid, np.arange(len(self.grid.ds)))
        of_values = moved_by_values(self.part.features, self.grid, found)
        of_drivers = moved_by_drivers(self.part.features, self.grid, found)
        mean = np.nanmean(np.where(self._empty[:, None], 0.0, self.grid.values), axis=1) * self.scale
        effects = []
        for i, number in enumerate(self.group):
            rule = self.rules[number]
            if not isinstance(rule, LinearRule) or self._empty[i]:
                continue
            for k, column in enumerate(self.columns):
                if column not in found or np.isnan(rule.margins[k]):
                    continue
                unit = 1.0 if column in of_values else self.scale[i]
                x = found[column][i, ~np.isnan(self.grid.values[i])].mean() if column in of_drivers else np.nan
                said = rule.weights[k] * unit, rule.margins[k] * unit
                effects.append(Effect(str(self.grid.ids[i]), column, *map(float, (*said, x, mean[i]))))
        return table(effects)

    def _apply(self, x: Floats) -> Floats:
        y = np.full(len(x), np.nan)
        for number, rule in enumerate(self.rules):
            if rule is not None:
                rows = self.group == number
                y[rows] = rule.predict(x[rows])
        return y


def fit_recursive(part: Regression, history: History) -> FittedRecursive:
    """Learn one rule per group; what goes wrong in one group stays in that group.

    Raises ConfigError when ``fit_by`` or ``statics`` name a column that the series do not have.
    """
    scale = _scale(history.grid)
    grid = _scaled(history.grid, scale)
    group = _groups(history, part.fit_by)
    statics = _one_hot(history, part.statics, group)
    found = columns_at(part.features, grid, np.arange(len(grid.ds)))
    fixed = np.repeat(statics[:, None], len(grid.ds), axis=1)
    x = np.concatenate([*(column[:, :, None] for column in found.values()), fixed], axis=2)
    before = np.hstack([np.full((len(grid.ids), 1), np.nan), grid.values[:, :-1]])
    y = grid.values - before if part.target == "change" else grid.values
    rows = ~np.isnan(before) & ~np.isnan(y)
    learned = [
        _learn(part, x, y, rows & (group == number)[:, None]) for number in range(int(group.max(initial=-1)) + 1)
    ]
    rules, reasons = [rule for rule, _ in learned], [reason for _, reason in learned]
    rest = (history.freq, grid, scale, statics, group, tuple(rules), tuple(reasons))
    return FittedRecursive(part, tuple(found), *rest)


def recursive_from(part: Regression, rule: Callable[[Any], Rule], state: State) -> FittedRecursive:
    """The fitted model that ``state`` describes; ``rule`` makes a rule of its state."""
    found = unpack(state)
    rules = tuple(None if content is None else rule(content) for content in found["rules"])
    rest = (found["scale"], found["statics"], found["group"], rules, found["reasons"])
    return FittedRecursive(part, tuple(found["columns"]), Frequency(found["freq"]), to_grid(found["grid"]), *rest)


def _learn(part: Regression, x: Floats, y: Floats, rows: NDArray[np.bool_]) -> tuple[Rule | None, str]:
    if not rows.any():
        return None, "no period with a past to learn from"
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return part.learn(x[rows], y[rows]), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def _groups(history: History, fit_by: Sequence[str]) -> NDArray[np.intp]:
    """The number of each series' group, counted in the order of the series."""
    if not fit_by:
        return np.zeros(len(history.grid.ids), dtype=np.intp)
    keys = list(zip(*[_static(history, column, "fit_by") for column in fit_by], strict=True))
    return np.asarray(pd.factorize(pd.Series(keys, dtype=object))[0], dtype=np.intp)


def _one_hot(history: History, columns: Sequence[str], group: NDArray[np.intp]) -> Floats:
    """One column per value of each static column; none where every group has one value only."""
    blocks = [np.empty((len(history.grid.ids), 0))]
    for column in columns:
        values = np.asarray(_static(history, column, "statics"))
        distinct = np.unique(values)
        if pd.Series(values).groupby(group).nunique().max() > 1:
            blocks.append((values[:, None] == distinct).astype(float))
    return np.hstack(blocks)


def _static(history: History, column: str, key: str) -> list[str]:
    if column == names.SERIES:
        return [str(name) for name in history.grid.ids]
    known = [names.SERIES, *map(str, history.static.columns)]
    if column not in known:
        what = f"found {column!r}, the series have {', '.join(known)}"
        raise ConfigError(Fault("unknown-column", f"model.{key}", what, nearest(column, known)))
    return [str(value) for value in history.static[column]]


def _scale(grid: Grid) -> Floats:
    """The mean absolute value of each series; 1 where that is nothing to divide by."""
    known = ~np.isnan(grid.values)
    mean = np.where(known, np.abs(grid.values), 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(mean > 0, mean, 1.0)


def _scaled(grid: Grid, scale: Floats) -> Grid:
    return replace(grid, values=grid.values / scale[:, None])
