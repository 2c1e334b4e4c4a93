"""The one place that talks to statsmodels: a state space model per series, rebuilt from its parameters when asked."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.model._drivers import Columns, check_same, choose
from forecastlab.model._effects import Effect, table
from forecastlab.model._surety import NORMAL
from forecastlab.schema import Forecast, Future, Grid, History
from forecastlab.schema.parts import State
from forecastlab.schema.state import of_grid, pack, to_grid, unpack

_log = logging.getLogger(__name__)
Floats = NDArray[np.float64]
Order = tuple[int, int, int]


class Settings(Protocol):
    """What the part says."""

    @property
    def order(self) -> Order: ...
    @property
    def seasonal_order(self) -> Order: ...
    @property
    def trend(self) -> str: ...
    @property
    def enforce_stationarity(self) -> bool: ...
    @property
    def enforce_invertibility(self) -> bool: ...
    @property
    def iterations(self) -> int: ...
    @property
    def max_season(self) -> int: ...


@dataclass(frozen=True)
class Learned:
    """What was learned of one series: the parameters in statsmodels' order, for (values - ``level``) / ``scale``.

    Those of the drivers begin at ``first``; ``margins`` are half the widths of their 95 % intervals.
    """

    params: Floats
    level: float
    scale: float
    columns: Columns
    first: int
    margins: Floats


@dataclass(frozen=True)
class FittedSarimax:
    """One set of parameters per series; None where a series could not be fitted, with the reason in ``failures``."""

    part: Settings
    season: int
    grid: Grid
    learned: tuple[Learned | None, ...]
    failures: dict[str, str]

    def predict(self, future: Future) -> Forecast:
        """Mean and normal quantiles of each series; NaN for failed ones. Raises DataError without its drivers."""
        from scipy.special import ndtri

        check_same(self.grid.drivers, future.drivers)
        rows = np.full((1 + len(future.levels), len(self.learned), len(future.ds)), np.nan)
        with _quiet():
            for i, learned in enumerate(self.learned):
                if learned is None:
                    continue
                try:
                    told = self._result(i, learned).get_forecast(
                        future.reach, exog=learned.columns.of(future.drivers, i)
                    )
                    mean, sd = np.asarray(told.predicted_mean), np.asarray(told.se_mean)
                    whole = np.array([mean, *(mean + ndtri(level) * sd for level in future.levels)])
                    rows[:, i] = learned.level + learned.scale * whole[:, future.lead - 1 :]
                except Exception as error:
                    _log.warning("series %d of %d has no forecast: %s", i, len(self.learned), _reason(error))
        quantiles = dict(zip(future.levels, np.where(np.isfinite(rows[1:]), rows[1:], np.nan), strict=True))
        return Forecast(self.grid.ids, future.ds, rows[0], quantiles)

    def update(self, history: History) -> FittedSarimax:
        """The same parameters over a longer history; a series that failed is fitted anew."""
        check_same(self.grid.drivers, history.grid.drivers)
        again = [i for i, learned in enumerate(self.learned) if learned is None]
        fresh = fit_sarimax(self.part, history.take(again), self.season)
        found = dict(zip(again, fresh.learned, strict=True))
        learned = tuple(found.get(i, each) for i, each in enumerate(self.learned))
        return replace(self, grid=history.grid, learned=learned, failures=fresh.failures)

    def effects(self) -> pd.DataFrame:
        """What one more unit of each driver adds to each series, with the normal 95 % interval of its coefficient."""
        effects = []
        for i, learned in enumerate(self.learned):
            if learned is None:
                continue
            for k, name in enumerate(learned.columns.names):
                unit, y = learned.scale / learned.columns.spread[k], self.grid.series(i)
                x = self.grid.drivers[name][i, -len(y) :].mean()
                said = learned.params[learned.first + k] * unit, learned.margins[k] * unit
                effects.append(Effect(str(self.grid.ids[i]), name, *map(float, (*said, x, y.mean()))))
        return table(effects)

    def state(self) -> State:
        """Parameters and past: the models are built of them again."""
        learned = [each and asdict(each) for each in self.learned]
        content = {"season": self.season, "grid": of_grid(self.grid), "learned": learned}
        return pack(content | {"failures": self.failures})

    def _result(self, i: int, learned: Learned) -> Any:
        y = (self.grid.series(i) - learned.level) / learned.scale
        x = learned.columns.of(self.grid.drivers, i, len(self.grid.ds) - len(y))
        return _model(self.part, self.season, y, x).filter(learned.params, cov_type="none")


def fit_sarimax(part: Settings, history: History, season: int | None = None) -> FittedSarimax:
    """Fit every series by itself; what goes wrong in one series stays in that series."""
    season = season or (history.season if history.season <= part.max_season else 1)
    learned: list[Learned | None] = []
    failures: dict[str, str] = {}
    with _quiet():
        for i, name in enumerate(history.grid.ids):
            try:
                learned.append(_learn(part, season, history.grid, i))
            except Exception as error:
                learned.append(None)
                failures[str(name)] = _reason(error)
    return FittedSarimax(part, season, history.grid, tuple(learned), failures)


def sarimax_from(part: Settings, state: State) -> FittedSarimax:
    """The fitted model that ``state`` describes."""
    found = unpack(state)
    learned = [
        None if each is None else Learned(**{**each, "columns": Columns(**each["columns"])})
        for each in found["learned"]
    ]
    return FittedSarimax(part, found["season"], to_grid(found["grid"]), tuple(learned), found["failures"])


def _learn(part: Settings, season: int, grid: Grid, i: int) -> Learned:
    y = grid.series(i)
    if not len(y) or (y == y[0]).all():
        raise ValueError("there is nothing to estimate in a series that never changes")
    columns = choose(grid.drivers, i, len(grid.ds) - len(y))
    x = columns.of(grid.drivers, i, len(grid.ds) - len(y))
    differences = part.order[1] + (part.seasonal_order[1] if season > 1 else 0)
    level = float(y.mean()) if differences or "c" in part.trend else 0.0
    scale = _noise(y, x, differences)
    model = _model(part, season, (y - level) / scale, x)
    lost = part.order[1] + (season * part.seasonal_order[1] if season > 1 else 0)
    if len(y) < lost + 2 * model.k_params:
        raise ValueError(f"{len(y)} periods are too few for {model.k_params} numbers to estimate")
    params = _search(model, part.iterations)
    mine = slice(model.k_trend, model.k_trend + len(columns.names))
    # from the observed information: the default, by outer products of gradients, is off where periods are few
    margins = NORMAL * model.filter(params, cov_type="oim").bse[mine] if columns.names else np.empty(0)
    return Learned(params, level, scale, columns, model.k_trend, np.asarray(margins, dtype=np.float64))


def _noise(y: Floats, x: Floats | None, differences: int) -> float:
    """About how large the surprises are: in such units the search finds numbers of one size, and converges."""
    known = np.ones((len(y), 1)) if x is None else np.column_stack([np.ones(len(y)), x])
    rest = y - known @ np.linalg.lstsq(known, y)[0]
    if differences and len(rest) > 1:
        rest = np.diff(rest)
    size = float(np.sqrt(np.mean(rest**2)))
    return size if size > 1e-8 * float(np.abs(y).max()) else float(np.abs(y).mean())


def _search(model: Any, iterations: int) -> Floats:
    start = None
    for method in ("lbfgs", "lbfgs", "bfgs"):
        found = model.fit(start, method=method, disp=0, maxiter=iterations, cov_type="none")
        if found.mle_retvals["converged"]:
            return np.asarray(found.params, dtype=np.float64)
        start = found.params
    raise ValueError(f"none of three searches of {iterations} steps converged")


def _model(part: Settings, season: int, y: Floats, x: Floats | None) -> Any:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    return SARIMAX(
        y,
        exog=x,
        order=tuple(part.order),
        seasonal_order=(*part.seasonal_order, season) if season > 1 else (0, 0, 0, 0),
        trend=part.trend,
        enforce_stationarity=part.enforce_stationarity,
        enforce_invertibility=part.enforce_invertibility,
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    import statsmodels.tsa.statespace.sarimax  # noqa: F401  (only threads of what is loaded can be limited)
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # the matrices are tiny: threads that wait for each other make a fit ten times as slow
    with warnings.catch_warnings(), np.errstate(all="ignore"), threadpool_limits(1):
        warnings.simplefilter("ignore")
        yield
