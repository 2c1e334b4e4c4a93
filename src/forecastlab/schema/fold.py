"""What may be seen and what must be foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from forecastlab.schema.periods import Frequency


@dataclass(frozen=True)
class Fold:
    """One question to a model: knowing all up to ``cutoff``, foretell ``horizon`` periods after ``gap`` periods.

    ``role`` is ``select`` (choosing may look) or ``test`` (choosing may not). ``train`` limits what a model may see to
    the last so many periods (``None``: all of them). ``block`` numbers the fit that serves this fold: folds with the
    same block share the parameters fitted at the first of them.
    """

    cutoff: pd.Timestamp
    horizon: int
    gap: int
    freq: Frequency
    role: str
    block: int
    train: int | None = None

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The last days of the periods that are asked for."""
        return self.freq.after(self.cutoff, self.gap + self.horizon)[self.gap :]

    @property
    def end(self) -> pd.Timestamp:
        """The last day of the last period that is asked for."""
        return self.dates[-1]


@dataclass(frozen=True)
class Split:
    """The folds of a backtest in order of time, and those that the embargo or the data's length took away, with why."""

    folds: Sequence[Fold]
    dropped: Sequence[tuple[Fold, str]]
