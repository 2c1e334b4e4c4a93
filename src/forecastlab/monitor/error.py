"""Whether live forecasts are wrong by more than the backtest leads one to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from forecastlab.monitor._chance import above, distance, standard
from forecastlab.monitor._looks import NOTHING_YET, UPLIFT, Cell, by_origin, cells, early, few, wrong
from forecastlab.schema import Evidence, Finding

POWER = 2 / 3
"""Absolute errors to this power are nearly normal where errors are (Wilson & Hilferty 1931)."""


@dataclass(frozen=True)
class Error:
    """Live error against the backtest's own band, for the same lead times and segment.

    The error of an origin is its WAPE over the steps that are over (of customers the Brier score of events, the root
    mean squared error of amounts and waits); it is held against that of the backtest's origins
    over the same steps, both to the power 2/3 (predictive t of a normal sample, one-sided). Looks share no period.
    Several windows of newest origins are tried and paid for (Bonferroni): a break shows in one, a slow decay in more.
    """

    windows: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        Field(min_length=1, description="newest origins that are looked at together; each is a look of its own"),
    ]
    min_origins: Annotated[int, Field(ge=3, description="origins of the backtest without which there is no band")]
    false_alarms: Annotated[float, Field(gt=0, lt=0.5, description="chance that a check cries without reason")]
    raises: Annotated[Literal["alarm", "warning"], Field(description="what it raises: alarm (exit code 6) or warning")]

    def watch(self, evidence: Evidence) -> Sequence[Finding]:
        """One finding per level and segment."""
        if evidence.of == "uplift":
            return [early("live error", UPLIFT)]
        found = [self._look(cell) for cell in cells(evidence)]
        return found or [early("live error", NOTHING_YET)]

    def _look(self, cell: Cell) -> Finding:
        scores, seen, band = [], [], np.empty(0)
        for own, before in cell.origins():
            past = wrong(by_origin(before), cell.of)
            past = past[np.isfinite(past)]
            value = float(wrong(own.sum().to_frame().T, cell.of)[0])
            if len(past) >= self.min_origins and np.isfinite(value):
                scores.append(standard(value**POWER, past**POWER))
                seen.append(value)
                band = past
        if not scores:
            return early(
                cell.name, f"{cell.name}: the backtest has fewer than {self.min_origins} origins to compare with"
            )
        n = len(band)
        tried = {
            window: above(distance(np.array(scores[-window:]), n), n - 1)
            for window in self.windows
            if window <= len(scores)
        } or {len(scores): above(distance(np.array(scores), n), n - 1)}
        window = min(tried, key=lambda each: tried[each])
        value, (low, middle, high) = float(np.mean(seen[-window:])), np.quantile(band, [0.1, 0.5, 0.9])
        origins = "the newest origin" if window == 1 else f"the {window} newest origins"
        words = f"{cell.name}: {_told(cell.of, origins, value, middle, low, high)}{few(n, self.min_origins)}"
        return Finding(cell.name, value, float(middle), min(1.0, tried[window] * len(tried)), n, words)


def _told(of: str, origins: str, value: float, middle: float, low: float, high: float) -> str:
    """What was seen and what was to be expected, in words."""
    if of == "series":
        return (
            f"forecasts of {origins} were wrong by {value:.1%} of sales; over the same lead times the"
            f" backtest was wrong by {middle:.1%}, mostly {low:.1%} to {high:.1%}"
        )
    measure = "a Brier score of" if of == "event" else "a root mean squared error of"
    form = ".3f" if max(value, middle) < 10 else ",.1f"
    return (
        f"scores of {origins} had {measure} {value:{form}}; the backtest had {middle:{form}}, mostly {low:{form}} to"
        f" {high:{form}}"
    )


PART = Error
