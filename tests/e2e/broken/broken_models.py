"""A forecast method that breaks on one series, in one of several ways; importable by worker processes."""

import os
import time
from dataclasses import dataclass

import numpy as np

from forecastlab.model.naive import Naive


@dataclass(frozen=True)
class Broken:
    """The last value again, but for the series ``victim``, which breaks ``how``."""

    victim: str
    how: str

    @property
    def local(self):
        return True

    def fit(self, history):
        if self.victim in history.grid.ids.tolist():
            match self.how:
                case "raises":
                    raise ArithmeticError("cannot do this one")
                case "dies":
                    os._exit(3)
                case "hangs":
                    time.sleep(600)
                case "eats":
                    hoard = np.ones(400_000_000)  # 3.2 GB
                    time.sleep(600 + hoard[0])
        fitted = Naive().fit(history)
        if self.how == "nan" or self.how == "explodes":
            row = np.flatnonzero(history.grid.ids == self.victim)
            fitted.values[row] = np.nan if self.how == "nan" else 1e300
        return fitted

    def from_state(self, state):
        return Naive().from_state(state)
