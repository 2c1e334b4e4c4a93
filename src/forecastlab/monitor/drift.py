"""Whether what forecasts are made from has become something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.monitor._chance import above, standard
from forecastlab.monitor._looks import early
from forecastlab.schema import Evidence, Finding

Floats = NDArray[np.float64]
FLOOR = 1e-4
"""Share that an empty bin is taken for: a bin never seen before counts for much, not for infinitely much."""


@dataclass(frozen=True)
class Drift:
    """Inputs of the newest periods against those that were learnt from, measured by how much they moved before.

    A distribution by its population stability index, a level by the logarithm of its ratio, a share by its difference.
    Single purchases are no independent draws (the same customers come every week), so two-sample tests of purchases
    cry over nothing; here the past itself says how much windows as far apart differ (predictive t, over windows that do
    not overlap), and what is too small to matter is no finding however sure it is.
    """

    topic: Annotated[Literal["inputs", "segments", "drivers"], Field(description="what is looked at")]
    window: Annotated[int, Field(ge=1, description="newest periods that are looked at together")]
    reference: Annotated[int, Field(ge=2, description="last periods of the training data that they are held against")]
    min_windows: Annotated[int, Field(ge=3, description="such pairs in the past without which nothing is said")]
    psi: Annotated[float, Field(ge=0, description="stability index below which a distribution has not moved")]
    change: Annotated[float, Field(ge=0, description="change of a level that is too small to matter, 0.1 is 10 %")]
    share: Annotated[float, Field(ge=0, le=1, description="change of a share that is too small to matter")]
    false_alarms: Annotated[float, Field(gt=0, lt=0.5, description="chance that a check cries without reason")]
    raises: Annotated[Literal["alarm", "warning"], Field(description="what it raises: alarm (exit code 6) or warning")]

    def watch(self, evidence: Evidence) -> Sequence[Finding]:
        """One finding per figure of the topic."""
        rows = evidence.inputs[evidence.inputs["topic"] == self.topic]
        rows = rows[rows["ds"] <= evidence.now]
        found = [self._look(str(name), part, evidence.trained) for name, part in rows.groupby("name", sort=True)]
        return found or [early(self.topic, f"{self.topic}: there are none")]

    def _look(self, name: str, rows: pd.DataFrame, trained: pd.Timestamp) -> Finding:
        table = rows.pivot_table(index="ds", columns="bin", values="value", aggfunc="sum", fill_value=0.0).sort_index()
        kind, values = str(rows["kind"].iloc[0]), table.to_numpy(dtype=float)
        known = int((table.index <= trained).sum())
        late = len(table) - known
        if late < self.window:
            return early(name, f"{name}: too early to tell, {late} of {self.window} new periods are over")
        gap = late - self.window
        past = np.array([_moved(kind, old, new) for old, new in self._pairs(values[:known], gap)])
        past = past[np.isfinite(past)]
        if len(past) < self.min_windows:
            what = f"the past holds {len(past)} pairs of windows so far apart, {self.min_windows} are needed"
            return early(name, f"{name}: too early to tell, {what}", len(past))
        old, new = values[max(known - self.reference, 0) : known], values[-self.window :]
        moved = _moved(kind, old, new)
        matters = abs(moved) >= {"counts": self.psi, "level": float(np.log1p(self.change)), "share": self.share}[kind]
        p = _chance(kind, moved, past) if matters and np.isfinite(moved) else 1.0
        return Finding(
            name, *_figures(kind, moved, old, new, past), p, len(past), self._words(name, kind, old, new, past)
        )

    def _pairs(self, values: Floats, gap: int) -> Iterator[tuple[Floats, Floats]]:
        """Reference and window, as far apart as now, at earlier times; the windows do not overlap."""
        for end in range(len(values), self.reference + gap + self.window - 1, -self.window):
            start = end - self.window
            yield values[start - gap - self.reference : start - gap], values[start:end]

    def _words(self, name: str, kind: str, old: Floats, new: Floats, past: Floats) -> str:
        value, expected = _figures(kind, _moved(kind, old, new), old, new, past)
        if kind == "counts":
            return f"{name}: stability index {value:.3f} against the training data; in the past it was {expected:.3f}"
        form = ".1%" if kind == "share" else ",.4g"
        return f"{name}: {value:{form}} over the last {self.window} periods, {expected:{form}} in the training data"


def stability(old: Floats, new: Floats) -> float:
    """The population stability index of two distributions over the same bins: ``Σ (b - a) ln(b / a)``."""
    first, second = (np.maximum(each.sum(axis=0) / each.sum(), FLOOR) for each in (old, new))
    return float(np.sum((second - first) * np.log(second / first)))


def _moved(kind: str, old: Floats, new: Floats) -> float:
    """How far a window is from its reference; NaN where either is empty."""
    if kind == "counts":
        return stability(old, new) if old.sum() > 0 and new.sum() > 0 else np.nan
    first, second = float(old.mean()), float(new.mean())
    if kind == "share":
        return second - first
    return float(np.log(second / first)) if first > 0 and second > 0 else np.nan


def _chance(kind: str, moved: float, past: Floats) -> float:
    """The chance to have moved as far: one-sided for a distribution, which has no direction."""
    n = len(past)
    factor = np.sqrt(1 + 1 / n)
    if kind == "counts":
        return above(standard(float(np.log(max(moved, FLOOR))), np.log(np.maximum(past, FLOOR))) / factor, n - 1)
    return min(1.0, 2 * above(abs(standard(moved, past)) / factor, n - 1))


def _figures(kind: str, moved: float, old: Floats, new: Floats, past: Floats) -> tuple[float, float]:
    """What is seen and what was to be expected, in the figure's own unit."""
    return (moved, float(np.median(past))) if kind == "counts" else (float(new.mean()), float(old.mean()))


PART = Drift
