"""The protocols: what a part of each kind must be able to do. A part is a frozen dataclass of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema.errors import Fault
from forecastlab.schema.fold import Split
from forecastlab.schema.forecast import Forecast, Future
from forecastlab.schema.members import Members, Past
from forecastlab.schema.panel import Grid, History
from forecastlab.schema.periods import Frequency
from forecastlab.schema.sales import Facts, SalesLog
from forecastlab.schema.scored import Scored

J = TypeVar("J")
R = TypeVar("R")
Known = Literal["known", "last", "forecast", "scenario", "drop"]
"""Where the values of a driver come from in the asked periods."""

CHANGE = r"^[+-]\d+(\.\d+)?%?$"
"""How a scenario writes a change of a driver's value: ``+10%``, ``-3``."""

State = tuple[dict[str, Any], dict[str, NDArray[Any]]]
"""What a fitted model is made of: a JSON-able dict and named arrays. No pickle."""


@runtime_checkable
class Dataset(Protocol):
    """A source of sales. Every dataset also carries these settings of its calendar."""

    @property
    def freq(self) -> str:
        """Its natural period, such as ``W-SAT``."""
        ...

    @property
    def season(self) -> int | Sequence[int] | Literal["detect"] | None:
        """Season length in periods of ``freq``, or several, the usual one first; None: those usual for the frequency.

        ``detect``: the past of each fold tells.
        """
        ...

    @property
    def warmup(self) -> str | None:
        """How long the start of the data feeds the segmentation only, such as ``13 weeks``."""
        ...

    def fingerprint(self) -> str:
        """A hash of the content of the source, so that changed data is never mistaken for the old. Raises DataError."""
        ...

    def load(self, target: Path) -> Facts:
        """Write the log (or the panel) as one Parquet file at ``target`` and tell its facts. Raises DataError."""
        ...


class Assigner(Protocol):
    """A segmentation as fitted on the past of one fold."""

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The segment of each profile, on the same index."""
        ...


@runtime_checkable
class Segmenter(Protocol):
    """A scheme that gives every customer one segment as-of a date."""

    @property
    def window(self) -> str | None:
        """How far back money and frequency of a profile reach, such as ``26 weeks``; None: the whole past."""
        ...

    @property
    def segments(self) -> tuple[str, ...]:
        """The names it may give, in the order in which they are shown (``new``, ``anonymous``, ``unknown`` aside)."""
        ...

    @property
    def attributes(self) -> tuple[str, ...]:
        """Further columns that it wants of a profile, as-of its date.

        A dimension of the log, such as ``age``: its last known value. Or a figure of a further table:
        ``<table>.count``, ``<table>.recency`` (days since the last; NaN: none), ``<table>.mean`` (of ``value``), each
        within the window but recency; or of one kind, such as ``feedback.complaint.count``.
        """
        ...

    def fit(self, profiles: pd.DataFrame) -> Assigner:
        """Learn from the profiles of all customers as-of the cutoff of a fold."""
        ...


@runtime_checkable
class SeriesSegmenter(Protocol):
    """A scheme that gives every series (not every customer) one segment as-of the cutoff."""

    @property
    def segments(self) -> tuple[str, ...]:
        """The names it may give, in the order in which they are shown."""
        ...

    def classify(self, grid: Grid, season: int) -> NDArray[np.str_]:
        """The segment of each series, from its past up to the cutoff; ``season`` is the season length in periods."""
        ...


@runtime_checkable
class Driver(Protocol):
    """A source of columns over time that may explain sales, and what is known of their future."""

    @property
    def future(self) -> Known:
        """Where the values of the asked periods come from.

        ``known``: they are known beforehand (calendar, planned promotions); ``last``: the last published value is
        carried on; ``forecast``: each column is forecast from its own past; ``scenario``: ``scenario`` says; ``drop``:
        the column is not used.
        """
        ...

    @property
    def lag(self) -> int:
        """Periods after which a value is published; at a cutoff the last ``lag`` values are not known yet."""
        ...

    @property
    def scenario(self) -> Mapping[str, float | str] | None:
        """By column: a number, or a change of the last published value such as ``+10%``."""
        ...

    @property
    def by(self) -> tuple[str, ...]:
        """Attributes of series (``unique_id`` or dimensions) for which there are values of their own; (): for all."""
        ...

    def fingerprint(self) -> str:
        """A hash of the content of the source; empty where the dataset is the source. Raises DataError."""
        ...

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The values in the periods that end on ``ends``: the columns of ``by``, ``ds``, and one number column each.

        A row that is absent or NaN is not known. Raises ConfigError, DataError, EnvironmentFault.
        """
        ...


@runtime_checkable
class Feature(Protocol):
    """Columns that a regression may use, computed from what lies before each period."""

    def build(self, grid: Grid, at: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        """For every series and every position in ``at``: arrays of shape (series, len(at)).

        The value at position t may use ``grid.values[:, :t]``, ``grid.ds[t]`` and ``grid.drivers[…][:, : t + 1]``,
        nothing else.
        """
        ...


class Fitted(Protocol):
    """A fitted model: a value of its own, never a changed part."""

    @property
    def failures(self) -> Mapping[str, str]:
        """Series that could not be fitted, with why; their forecasts are NaN."""
        ...

    def predict(self, future: Future) -> Forecast:
        """One forecast per series of the history and asked period; its own quantiles of ``future.levels``, if any."""
        ...

    def update(self, history: History) -> Fitted:
        """The same parameters moved on to a longer history (same series in the same order)."""
        ...

    def state(self) -> State:
        """All that is needed to predict again, bit by bit the same."""
        ...


@runtime_checkable
class Forecaster(Protocol):
    """A forecast method."""

    @property
    def local(self) -> bool:
        """Whether each series is forecast from its own past only, so that series may be computed apart."""
        ...

    def fit(self, history: History) -> Fitted:
        """Learn from the past."""
        ...

    def from_state(self, state: State) -> Fitted:
        """The fitted model that ``state`` describes."""
        ...


@runtime_checkable
class ReadsBase(Protocol):
    """A forecast method that looks at the customers behind the series: its histories have a ``base``."""

    @property
    def reads_base(self) -> bool:
        """Whether it does."""
        ...


@runtime_checkable
class Chooses(Protocol):
    """A method that, of some histories, has another do the work: then the other is the one that is fitted and kept."""

    def chosen(self, seasons: tuple[int, ...], periods: int) -> Forecaster:
        """The method for a history that bears these seasons and has so many periods; it may be this one."""
        ...


@runtime_checkable
class Checked(Protocol):
    """A part whose values must also fit each other."""

    def mistakes(self) -> Iterable[Fault]:
        """What is wrong with them; ``where`` of each fault is the key, such as ``parameters.alpha``."""
        ...


@runtime_checkable
class Explained(Protocol):
    """A fitted model that can say what it has learned of each driver."""

    def effects(self) -> pd.DataFrame:
        """One row per series (or group of series) and column that the model uses.

        Columns: ``unique_id`` (the series, or the group in words), ``driver`` (the column), ``coefficient, low, high``
        (95 % confidence interval; what one more unit of the driver adds to the value, in the units of the series), and
        ``elasticity, elasticity_low, elasticity_high`` (per cent of the value per per cent of the driver, at their
        means; NaN where a mean is zero).
        """
        ...


@runtime_checkable
class Combiner(Protocol):
    """A rule that makes one forecast of several."""

    def combine(self, now: Members, past: Past) -> NDArray[np.float64]:
        """One forecast per row of ``now``; ``past`` tells how the members did at earlier cutoffs (embargo)."""
        ...


@runtime_checkable
class Composite(Protocol):
    """A method that forecasts by combining the stored forecasts of its members."""

    @property
    def members(self) -> Mapping[str, Forecaster | Composite | Router]:
        """The methods whose forecasts are combined, by name."""
        ...

    @property
    def use(self) -> Sequence[str] | None:
        """The names of the members that take part; None: all."""
        ...

    @property
    def combine(self) -> Combiner:
        """How."""
        ...


@runtime_checkable
class Router(Protocol):
    """A method that hands each series to one of several methods, by the series' segment."""

    @property
    def routes(self) -> Mapping[str, Forecaster | Composite | Router]:
        """The method of each segment."""
        ...

    @property
    def other(self) -> Forecaster | Composite | Router | None:
        """The method of all segments that have no route; None: there must be none."""
        ...


@runtime_checkable
class Calibrator(Protocol):
    """A rule that turns earlier errors into quantiles."""

    @property
    def native(self) -> bool:
        """Whether it wants the models' own quantiles."""
        ...

    def calibrate(self, past: pd.DataFrame, now: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
        """Add ``q…`` columns, ``q_source`` (text) and ``q_n`` (how many errors) to ``now``.

        ``past`` holds scored forecasts of earlier folds whose ``ds`` is at or before the cutoff of ``now`` (embargo).
        Both have ``unique_id, level, ds, step, yhat, mae_scale``; ``past`` also ``y``; ``now`` also ``naive_q…``, the
        quantiles of naive errors in the fold's past (to be added to ``yhat``), and native ``q…`` if there are any.
        """
        ...


@runtime_checkable
class Reconciler(Protocol):
    """A rule that makes levels agree (segments to total)."""

    @property
    def upper(self) -> bool:
        """Whether it wants forecasts of the upper series too, made from their own past."""
        ...

    def reconcile(self, forecasts: pd.DataFrame, summing: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
        """Forecasts ``unique_id, ds, yhat`` of the bottom series, and of upper ones if wanted → of all levels.

        ``summing`` says which bottom series add up to which: ``unique_id`` (upper), ``bottom``. ``past`` holds the
        forecasts of earlier folds as they were before reconciling (``unique_id, cutoff, ds, step, base``; NaN where a
        series had none) beside what came true (``y``), of dates at or before the cutoff only (embargo); it may be
        empty.
        """
        ...


@runtime_checkable
class Splitter(Protocol):
    """A rule that lays folds over the observed periods."""

    def split(self, ends: pd.DatetimeIndex, freq: Frequency) -> Split:
        """Folds over the period ends of the panel. Raises ConfigError with the arithmetic when there are too few."""
        ...


@runtime_checkable
class Metric(Protocol):
    """A measure of how good forecasts are; less is better, unless the part has a ``target`` to be near."""

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs."""
        ...

    def score(self, scored: Scored) -> float:
        """One number for these rows; NaN where it is not defined."""
        ...


class Executor(Protocol):
    """Where jobs run."""

    def map(self, fn: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R | Exception]:
        """Results lazily and in the order of the jobs; a job that failed or whose worker died gives an exception."""
        ...

    def close(self) -> None:
        """End what was started; a later ``map`` starts anew."""
        ...
