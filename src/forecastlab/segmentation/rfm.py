"""Recency, frequency, money: the marketer's three questions to a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import ConfigError, Fault

Measure = Literal["recency", "frequency", "money"]
MEASURES: tuple[Measure, ...] = ("recency", "frequency", "money")


@dataclass(frozen=True)
class RfmAssigner:
    """Cut points of the three measures, and the grade of each of the possible score triples."""

    cuts: Mapping[Measure, tuple[float, ...]]
    grades: Mapping[tuple[int, ...], str]

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """Score each measure, then look the grade of the three scores up."""
        triples = self.scores(profiles).itertuples(index=False, name=None)
        return pd.Series([self.grades[triple] for triple in triples], index=profiles.index, dtype=object)

    def scores(self, profiles: pd.DataFrame) -> pd.DataFrame:
        """The three scores of each profile, 1 (worst) to the number of grades of the scale (best)."""
        columns = {measure: _score(profiles[measure].to_numpy(float), self.cuts[measure]) for measure in MEASURES}
        best = len(self.cuts["recency"]) + 2
        return pd.DataFrame(columns | {"recency": best - columns["recency"]}, index=profiles.index)


@dataclass(frozen=True)
class Rfm:
    """How recently, how often and for how much a customer bought, scored 1 to 5 each, and named by rules on the scores.

    Recency is days since the last purchase, frequency the number of purchase days within ``window``, money the money
    spent within it. A score is one plus the number of cut points that lie below the value (recency: turned round, so
    that recent is high); equal values get equal scores. Cut points are given, or are the quantiles (linear
    interpolation) over the customers who bought within the window, as-of the cutoff. Who did not buy within it has no
    frequency, no money and old purchases, and so scores 1. The first grade whose rule fits the scores is the segment.
    """

    window: Annotated[str | None, Field(description="how far back frequency and money count; null: the whole past")]
    quantiles: Annotated[int, Field(ge=2, le=10, description="how many scores there are: 5 means 1 to 5")]
    cuts: Annotated[
        dict[Measure, tuple[float, ...]] | None,
        Field(description="rising cut points of recency (days), frequency, money; null: quantiles of the past"),
    ]
    grades: Annotated[
        dict[str, dict[Measure, tuple[int, int]]],
        Field(
            description="name: {measure: [lowest score, highest score]}; the first that fits; the last takes the rest"
        ),
    ]

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the grades, in their order."""
        return tuple(self.grades)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Nothing beyond the usual profile."""
        return ()

    def fit(self, profiles: pd.DataFrame) -> RfmAssigner:
        """Learn the cut points, if none are given. Raises ConfigError for bad cut points or scores without a grade."""
        self._check()
        cuts = self.cuts or _quantiles(profiles[profiles["frequency"] > 0], self.quantiles)
        triples = product(range(1, self.quantiles + 1), repeat=3)
        return RfmAssigner(cuts, {triple: self._grade(triple) for triple in triples})

    def _grade(self, scores: tuple[int, ...]) -> str:
        for grade, rule in self.grades.items():
            if all(low <= scores[MEASURES.index(measure)] <= high for measure, (low, high) in rule.items()):
                return grade
        what = f"no grade fits the scores {scores} of recency, frequency and money"
        raise ConfigError(Fault("no-grade", "segmentation.grades", what, "let the last grade have no rule: name: {}"))

    def _check(self) -> None:
        faults = []
        for measure, points in (self.cuts or {}).items():
            if len(points) != self.quantiles - 1 or list(points) != sorted(set(points)):
                what = f"found {list(points)}, needed are {self.quantiles - 1} rising numbers"
                faults.append(Fault("bad-cuts", f"segmentation.cuts.{measure}", what))
        missing = [measure for measure in MEASURES if self.cuts and measure not in self.cuts]
        if missing:
            what = f"{' and '.join(missing)} missing"
            faults.append(Fault("bad-cuts", "segmentation.cuts", what, "give all three measures, or cuts: null"))
        if faults:
            raise ConfigError(faults)


def _score(values: NDArray[np.float64], cuts: tuple[float, ...]) -> NDArray[np.intp]:
    return np.searchsorted(np.asarray(cuts), values, side="left") + 1


def _quantiles(buyers: pd.DataFrame, n: int) -> dict[Measure, tuple[float, ...]]:
    """The inner quantiles of each measure; where nobody bought, points that nobody passes."""
    if buyers.empty:
        return {"recency": (-1.0,) * (n - 1), "frequency": (np.inf,) * (n - 1), "money": (np.inf,) * (n - 1)}
    levels = np.arange(1, n) / n
    return {measure: tuple(np.quantile(buyers[measure].to_numpy(float), levels).tolist()) for measure in MEASURES}


PART = Rfm
