"""Fitted models kept as states: what was learned once predicts again without another fit, bit by bit the same."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecastlab.schema import Fitted, Forecaster, ForecastlabError, History
from forecastlab.schema.parts import State
from forecastlab.stages.forecast import Ask


@dataclass(frozen=True)
class Fit:
    """What a method learned of some series: its state, or why it learned nothing of the only one."""

    series: tuple[str, ...]
    state: State | None
    reason: str = ""


@dataclass(frozen=True)
class Kept:
    """A method whose fitting is over: it answers from what was kept of one job.

    Where the job had to take the series apart, it refuses all of them at once, as the method did.
    """

    model: Forecaster
    fits: Sequence[Fit]

    @property
    def local(self) -> bool:
        """As the method itself."""
        return self.model.local

    def fit(self, history: History) -> Fitted:
        """The fitted method as it was kept. Raises ValueError with the reason if it could not be fitted."""
        series = tuple(history.grid.ids.tolist())
        found = next((fit for fit in self.fits if fit.series == series), None)
        if found is None:
            raise ValueError("these series were not fitted together")
        if found.state is None:
            raise ValueError(found.reason)
        return self.model.from_state(found.state)

    def from_state(self, state: State) -> Fitted:
        """The fitted method that ``state`` describes."""
        return self.model.from_state(state)


def fits(model: Forecaster, each: Ask) -> list[Fit]:
    """Fit a method as the line does: all series at once, or if a local one raises then, each by itself."""
    series = tuple(each.history.grid.ids.tolist())
    if not series:
        return []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(each.history)
            for future in (each.future, *each.what_if.values()):
                fitted.predict(future)  # the line takes a model apart that cannot predict, too
            return [Fit(series, fitted.state())]
        except Exception as error:
            if not model.local or isinstance(error, ForecastlabError):
                raise
            if len(series) == 1:
                return [Fit(series, None, f"{type(error).__name__}: {error}")]
    return [fit for i in range(len(series)) for fit in fits(model, each.take([i]))]


def rows_of(fits: Sequence[Fit], ids: Sequence[str]) -> list[int]:
    """Where the series of a job's fits stand among ``ids``. Raises KeyError for a series that is not there."""
    at = {name: i for i, name in enumerate(ids)}
    return [at[name] for fit in fits for name in fit.series]
