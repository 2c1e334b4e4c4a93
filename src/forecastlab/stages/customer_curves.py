"""Scores of customers beside what came: by cutoff, by tenths of the list, and how much its top holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema.names import CUTOFF, YHAT, Y

TENTHS = 10
Floats = NDArray[np.float64]


def by_cutoff(forecasts: pd.DataFrame) -> pd.DataFrame:
    """How who is asked and what comes drifts: a row per cutoff with ``cutoff, role, asked, came, told``.

    ``came`` and ``told`` are means over the customers asked: of events the share that happened and the share foretold.
    """
    found = forecasts.groupby([CUTOFF, "role"], observed=True).agg(
        asked=(Y, "size"), came=(Y, "mean"), told=(YHAT, "mean")
    )
    return found.reset_index().sort_values(CUTOFF, ignore_index=True)


def tenths(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """The mean score and the mean of what came, by tenths of the list."""
    order = np.argsort(rows[YHAT].to_numpy(float), kind="stable")
    cut = np.array_split(order, TENTHS)
    told, came = (rows[name].to_numpy(float) for name in (YHAT, Y))
    return np.array([told[each].mean() for each in cut]), np.array([came[each].mean() for each in cut])


def held(rows: pd.DataFrame, by: str) -> Floats:
    """The share of all that is held by the first 0, 1, … 100 % of the customers in the order of ``by``."""
    money = rows[Y].clip(lower=0).to_numpy(float)
    order = np.argsort(-rows[by].to_numpy(float), kind="stable")
    running = np.append(0.0, np.cumsum(money[order])) / money.sum()
    found: Floats = np.interp(np.linspace(0, len(money), 101), np.arange(len(money) + 1), running)
    return found
