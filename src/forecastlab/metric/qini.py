"""Qini coefficient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._uplift import arms
from forecastlab.schema import Scored
from forecastlab.uplift.curves import UNDEFINED, judge


@dataclass(frozen=True)
class Qini:
    """How well customers are ordered by what approaching them adds (1: as in hindsight, 0: chance, below: worse).

    Area between the Qini curve and chance, over that of the order in hindsight (Radcliffe 2007; ``qini_auc_score`` of
    scikit-uplift). In hindsight every reaction looks caused, so honest scores are far below 1. NaN without customers
    who were approached and others who were held out.
    """

    @property
    def of(self) -> tuple[str, ...]:
        """What it says something of: uplifts of customers."""
        return ("uplift",)

    @property
    def target(self) -> float:
        """The best score."""
        return 1.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The coefficient, at most 1."""
        found = arms(scored)
        return UNDEFINED if found is None else judge(*found).qini(np.ones(len(found[0])))


PART = Qini
