"""Whether sales run away from the forecasts to one side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from forecastlab.monitor._chance import cusum, limit_of, normal_score, run_length, standard
from forecastlab.monitor._looks import NOTHING_YET, UPLIFT, Cell, by_origin, cells, early, few, lean
from forecastlab.schema import Evidence, Finding

_THINGS = {
    "series": "sales have",
    "event": "customers with the event have",
    "amount": "money of customers has",
    "wait": "waits of customers have",
}
"""What runs away from what was foretold."""


@dataclass(frozen=True)
class Bias:
    """Sales above or below the forecasts for several origins: two cumulative sums (CUSUM), one for each side.

    Each origin's signed error is measured against those of the backtest and of the origins before it, as a normal
    score, so that few origins of the backtest do not cost false alarms (self-starting CUSUM, Hawkins 1987). The chance
    of a sum is one over its run length under no change (Siegmund 1985), for both sides.
    """

    shift: Annotated[float, Field(gt=0, le=6, description="shift that is to be found fast, in standard deviations")]
    min_origins: Annotated[int, Field(ge=3, description="origins of the backtest without which there is no reference")]
    false_alarms: Annotated[float, Field(gt=0, lt=0.5, description="chance that a check cries without reason")]
    raises: Annotated[Literal["alarm", "warning"], Field(description="what it raises: alarm (exit code 6) or warning")]

    def watch(self, evidence: Evidence) -> Sequence[Finding]:
        """One finding per level and segment."""
        if evidence.of == "uplift":
            return [early("bias", UPLIFT)]
        found = [self._look(cell) for cell in cells(evidence)]
        return found or [early("bias", NOTHING_YET)]

    def _look(self, cell: Cell) -> Finding:
        scores: list[float] = []
        leans: list[float] = []
        usual, n = 0.0, 0
        for own, before in cell.origins():
            band = lean(by_origin(before))
            if len(band) < self.min_origins:
                continue
            past = np.concatenate([band, leans])
            value = float(lean(own.sum().to_frame().T)[0])
            t = standard(value, past) / np.sqrt(1 + 1 / len(past))
            scores.append(normal_score(t, len(past) - 1))
            leans.append(value)
            usual, n = float(np.mean(band)), len(band)
        if not scores:
            return early(
                cell.name, f"{cell.name}: the backtest has fewer than {self.min_origins} origins to compare with"
            )
        slack = self.shift / 2
        up, down = cusum(np.array(scores), slack), cusum(-np.array(scores), slack)
        side, sums = ("above", up) if up[-1] >= down[-1] else ("below", down)
        since = len(sums) - int(np.flatnonzero(np.append(0.0, sums) == 0)[-1])
        mean = float(np.mean(leans[-since:] if since else leans))
        height, limit = float(sums[-1]), limit_of(self.false_alarms / 2, slack)
        p = min(1.0, 2 / max(run_length(height, slack), 1.0)) if height > 0 else 1.0
        things = _THINGS[cell.of]
        origins = f"{since} origins" if since != 1 else "one origin"
        seen = (
            f"{things} been {abs(mean):.1%} {side} the forecasts for {origins}"
            if since and np.sign(mean) == (1 if side == "above" else -1)
            else f"{things} been on neither side of the forecasts (on average {mean:+.1%})"
        )
        words = (
            f"{cell.name}: {seen}; the backtest's own bias was {usual:+.1%}."
            f" Cumulative sum {height:.1f}, limit {limit:.1f}{few(n, self.min_origins)}"
        )
        return Finding(cell.name, mean, usual, p, n, words)


PART = Bias
