"""What a ranking by uplift brings: the Qini curve, tenths of the list, and how sure the figures are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecastlab.schema import names
from forecastlab.schema.customers import TREATED
from forecastlab.stages.rounding import FEWEST
from forecastlab.uplift.bootstrap import Interval, intervals
from forecastlab.uplift.curves import Floats, effect, ordered

TENTHS = 10
SHARE = 0.3
"""The top of the list whose effect is told."""

DRAWS = 200
"""Draws of the bootstrap; its bounds are good to about a hundredth of their width."""


@dataclass(frozen=True)
class Arms:
    """Customers of both arms of some folds: what happened, who was approached, the score, and who is who."""

    y: Floats
    treated: Floats
    score: Floats
    customer: np.ndarray

    @property
    def average(self) -> float:
        """What approaching added on average."""
        return effect(self.y, self.treated, np.ones(len(self.y)))


def arms(forecasts: pd.DataFrame, role: str) -> Arms | None:
    """The scored customers of both arms; None where the run is not of uplifts or an arm is too small.

    In a smaller one a tenth would hold fewer than five customers, and its figures could tell of one of them.
    """
    if TREATED not in forecasts:
        return None
    rows = forecasts[(forecasts["role"] == role) & forecasts[TREATED].notna()]
    if min((rows[TREATED] == value).sum() for value in (0, 1)) < TENTHS * FEWEST:
        return None
    codes, _ = pd.factorize(rows[names.SERIES])
    y, treated, score = (rows[name].to_numpy(dtype=float) for name in (names.Y, TREATED, names.YHAT))
    return Arms(y, treated, score, codes)


def curve(found: Arms, points: int = 101) -> tuple[Floats, Floats]:
    """The Qini curve at even shares of the list: reactions gained per customer approached in all.

    It ends at what approaching everybody adds on average.
    """
    sums = ordered(found.score).sums(found.y, found.treated, np.ones(len(found.y)))
    share = np.linspace(0, 1, points)
    return share, np.interp(share, sums.n / sums.n[-1], sums.qini / sums.n_t[-1])


def tenths(found: Arms) -> pd.DataFrame:
    """Tenths of the list, the highest scores first: ``tenth, foretold, came, approached, held``.

    The last two are rates of reaction, ``came`` their difference; NaN of fewer than five customers.
    """
    order = np.argsort(-found.score, kind="stable")
    rows = []
    for i, part in enumerate(np.array_split(order, TENTHS), start=1):
        y, treated = found.y[part], found.treated[part]
        own = [y[treated == value] for value in (1, 0)]
        rates = [float(each.mean()) if len(each) >= FEWEST else np.nan for each in own]
        rows.append((i, float(found.score[part].mean()), rates[0] - rates[1], *rates))
    return pd.DataFrame(rows, columns=["tenth", "foretold", "came", "approached", "held"])


def sure(found: Arms, alpha: float) -> dict[str, Interval]:
    """Qini coefficient, AUUC and the effect of the top, each with its bootstrap interval (customers drawn anew)."""
    return intervals(found.y, found.treated, found.score, found.customer, SHARE, DRAWS, alpha, 0)
