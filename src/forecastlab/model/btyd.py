"""Buy till you die: what each customer is still expected to buy, and what customers still to come will."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.btyd.process import Process, fit, of_values, values
from forecastlab.model._customer_sales import buyers_of, expected_sales, followed, spend_of
from forecastlab.model._newcomer_sales import newcomer_sales
from forecastlab.model._shares import shares
from forecastlab.schema import CustomerBase, Fault, Forecast, Forecaster, Future, Grid, History, ReadsBase, names
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

Floats = NDArray[np.float64]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bought:
    """Expected sales of each series as far ahead as was asked for when it was fitted, and the process behind them.

    Nothing of any single customer is kept.
    """

    part: Btyd
    ids: NDArray[np.str_]
    yhat: Floats
    process: tuple[float, ...]

    @property
    def failures(self) -> dict[str, str]:
        """All series where nobody has bought yet; else none."""
        return {} if self.process else {str(name): "no customer has bought yet" for name in self.ids}

    def predict(self, future: Future) -> Forecast:
        """Expected sales of the asked periods; no quantiles of its own. Raises ValueError beyond what it tells."""
        if future.reach > self.yhat.shape[1]:
            raise ValueError(f"it was fitted to tell {self.yhat.shape[1]} periods ahead, asked are {future.reach}")
        return Forecast(self.ids, future.ds, self.yhat[:, future.steps - 1])

    def update(self, history: History) -> Bought:
        """The same process of buying, for the customers of a longer history."""
        known = of_values(self.part.process, self.process) if self.process else None
        return self.part.told(history, known)

    def state(self) -> State:
        """The expected sales and the values of the process."""
        return pack({"ids": self.ids, "yhat": self.yhat, "process": self.process})


@dataclass(frozen=True)
class Btyd:
    """How often each customer buys and whether they still do, told from a few numbers of each, times what they spend.

    The process is BG/NBD (Fader, Hardie & Lee 2005), MBG/NBD (Batislam et al. 2007) or Pareto/NBD (Schmittlein et al.
    1987), the spend that of the Gamma-Gamma model (Fader, Hardie & Lee 2005, RFM and CLV). Expected purchases are
    added up over the segments for which they will count. Customers who are still to come are a number, foretold by
    ``rest`` as a series, times what people of that age have bought of late. ``rest`` also foretells sales that have no
    customer's name to them. Needs a log of sales; series that a dataset brings ready-made are refused.
    """

    process: Annotated[
        Literal["bg_nbd", "mbg_nbd", "pareto_nbd"], Field(description="how customers buy and are lost for good")
    ]
    spend: Annotated[
        Literal["gamma_gamma", "mean"],
        Field(description="what a purchase is worth: the customer's own mean, shrunk to that of all; or that of all"),
    ]
    level: Annotated[
        float,
        Field(ge=0, le=1, description="how far the level follows what was bought lately against what was expected"),
    ]
    mix: Annotated[float, Field(ge=0, le=1, description="how far each segment's part follows what it bought lately")]
    window: Annotated[
        int, Field(ge=1, le=52, description="last periods that tell what newcomers buy, and how segments part")
    ]
    rest: Annotated[
        Forecaster, Field(description="method for the number of new customers, and for sales without a customer")
    ]

    @property
    def local(self) -> bool:
        """All series come from the same customers."""
        return False

    @property
    def reads_base(self) -> bool:
        """It looks at the customers behind the series."""
        return True

    def mistakes(self) -> Iterable[Fault]:
        """A method for the rest that is itself a combination, or looks at customers."""
        if not isinstance(self.rest, Forecaster) or isinstance(self.rest, ReadsBase):
            what = f"found {type(self.rest).__name__}, allowed is a method that is fitted to series"
            yield Fault("bad-value", "rest", what, "type model@model.rest=ets")

    def fit(self, history: History) -> Bought:
        """Estimate how customers buy, and add up what is expected of them."""
        return self.told(history, None)

    def from_state(self, state: State) -> Bought:
        """The fitted model that ``state`` describes."""
        return Bought(self, **unpack(state))

    def told(self, history: History, process: Process | None) -> Bought:
        """Expected sales under a process, which is estimated if it is not given. Raises ValueError without a base."""
        base = history.base
        if base is None:
            raise ValueError("the customers behind the series are not there")
        if not len(base.x):
            return Bought(self, history.grid.ids, np.full((len(history.grid.ids), base.reach), np.nan), ())
        if process is None:
            found = fit(self.process, buyers_of(base))
            process = found.model
            if not found.converged:
                _log.warning("%s at %s: %s", self.process, history.cutoff.date(), found.reason)
        ends = _days(history, base.reach)
        spend = spend_of(base, self.spend == "gamma_gamma")
        by_segment = expected_sales(base, process, spend, ends)
        by_segment *= followed(base, process, spend, self.level, self.mix)[:, None]
        yhat = self._of_series(history, base, by_segment)
        yhat += newcomer_sales(base, history.grid.ids, self._arrivals(history, base), self.window)
        return Bought(self, history.grid.ids, yhat, tuple(values(process)))

    def _of_series(self, history: History, base: CustomerBase, by_segment: Floats) -> Floats:
        """Expected sales of today's customers in each series; nameless sales go on as a series does."""
        segment = history.static[names.SEGMENT]
        place = pd.Index(base.segments).get_indexer(pd.Index(segment)) if base.segments else np.full(len(segment), -1)
        of_all = by_segment.sum(axis=0)
        told = np.where((place >= 0)[:, None], by_segment[place], of_all)
        yhat: Floats = told * shares(history, base, self.window)[:, None]
        nameless = np.flatnonzero((segment == names.ANONYMOUS).to_numpy())
        if len(nameless):
            yhat[nameless] = self._as_series(replace(history.take(nameless), base=None), base.reach)
        return yhat

    def _arrivals(self, history: History, base: CustomerBase) -> Floats:
        """Expected numbers of new customers in the coming periods."""
        counts = base.arrivals[None, -base.lately :]
        if not counts.any() or base.cohorts.empty:
            return np.zeros(base.reach)
        index = pd.Index(["new customers"], name=names.SERIES)
        static = pd.DataFrame({names.LEVEL: "customers", names.SEGMENT: names.NEW}, index=index)
        grid = Grid(index.to_numpy(dtype=str), history.grid.ds[-counts.shape[1] :], counts)
        season = history.season if counts.shape[1] > history.season else 1
        arrivals: Floats = self._as_series(History(grid, history.freq, season, static), base.reach)[0]
        return arrivals

    def _as_series(self, history: History, reach: int) -> Floats:
        """What the method for the rest says of series, never below zero; their recent mean where it says nothing."""
        ahead = history.freq.after(history.cutoff, reach)
        told = self.rest.fit(history).predict(Future(ahead)).yhat
        recent = np.nanmean(history.grid.values[:, -self.window :], axis=1, keepdims=True)
        finite: Floats = np.maximum(np.where(np.isfinite(told), told, np.nan_to_num(recent)), 0.0)
        return finite


def _days(history: History, reach: int) -> Floats:
    """Days from the cutoff to the end of each coming period."""
    ahead = history.freq.after(history.cutoff, reach)
    return ((ahead - history.cutoff) / pd.Timedelta(days=1)).to_numpy(dtype=float)


PART = Btyd
