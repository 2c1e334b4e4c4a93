"""Quantiles from the errors that the method really made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.calibrate import _columns
from forecastlab.calibrate._errors import Errors, gather
from forecastlab.calibrate._pools import Codes, Floats, needed, pooled, widened
from forecastlab.schema import names


@dataclass(frozen=True)
class Conformal:
    """Intervals as wide as the method's own earlier errors, so that an 80 % interval holds the truth 8 times in 10.

    Signed errors of earlier folds, each divided by its ``mae_scale``, are pooled until there are enough for the most
    extreme quantile: those of the series at the same step ahead (``q_source`` ``series``), then of all series of its
    level at that step (``level``), then of steps nearby, one further each time (``level+steps``). Where all steps are
    too few, the model's own quantiles stand in (``native``), else the naive method's past errors (``bootstrap``).
    Levels are never mixed: the total is calibrated on the total's own errors.

    A series whose past never changed has no ``mae_scale``; its mean sales stand in (`` by mean``), and without sales
    its own errors count as they are (`` unscaled``). The quantiles are the finite-sample ones of split-conformal
    prediction; overlapping folds and series that move together make the errors less than exchangeable, so the coverage
    is measured as well as promised.
    """

    native: Annotated[
        bool, Field(description="whether models are asked for their own quantiles, for use until errors suffice")
    ]
    nonnegative: Annotated[bool, Field(description="whether quantiles below zero are lifted to zero")]

    def calibrate(self, past: pd.DataFrame, now: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
        """``now`` with ``q…``, ``q_source`` and ``q_n``, the number of errors behind the quantiles (0: none)."""
        ordered, need = sorted(levels), needed(levels)
        values, source = _columns.fallback(now, ordered)
        source = source.astype(object)
        n = np.zeros(len(now), dtype=np.intp)
        errors = gather(past, now)
        yhat = now[names.YHAT].to_numpy(dtype=float)[:, None]
        waiting = np.ones(len(now), dtype=np.bool_)
        for name, pool in (("series", _of_series), ("level", _of_level), ("level+steps", _of_steps)):
            found, count = pool(errors, np.flatnonzero(waiting), ordered, need)
            rows = np.flatnonzero(waiting)[count >= need]
            values[rows] = yhat[rows] + found[count >= need] * errors.unit[rows, None]
            source[rows], n[rows] = name, count[count >= need]
            waiting[rows] = False
        pooled_rows = n > 0
        source[pooled_rows & errors.stand_in & errors.now_scaled] += " by mean"
        source[pooled_rows & ~errors.now_scaled] += " unscaled"
        return _columns.placed(now, ordered, values, source.astype(str), n, self.nonnegative)


def _of_series(errors: Errors, rows: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """The series' own errors at the same step; where it has no scale, those errors that had none either."""
    steps = _end(errors.step, errors.now_step)
    past = (errors.series * steps + errors.step) * 2 + errors.scaled
    now = (errors.now_series[rows] * steps + errors.now_step[rows]) * 2 + errors.now_scaled[rows]
    found, count = pooled(errors.value, past, _end(past, now), levels, need)
    return found[now], count[now]


def _of_level(errors: Errors, rows: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """The scaled errors of all series of the level at the same step."""
    steps = _end(errors.step, errors.now_step)
    past = (errors.level * steps + errors.step)[errors.scaled]
    now = errors.now_level[rows] * steps + errors.now_step[rows]
    found, count = pooled(errors.value[errors.scaled], past, _end(past, now), levels, need)
    return found[now], np.where(errors.now_scaled[rows], count[now], 0)


def _of_steps(errors: Errors, rows: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """The scaled errors of all series of the level at the nearest steps that are together enough."""
    result, counts = np.full((len(rows), len(levels)), np.nan), np.zeros(len(rows), dtype=np.intp)
    for level in np.unique(errors.now_level[rows]):
        past = errors.scaled & (errors.level == level)
        here = np.flatnonzero(errors.now_scaled[rows] & (errors.now_level[rows] == level))
        asked, place = np.unique(errors.now_step[rows[here]], return_inverse=True)
        found, count = widened(errors.value[past], errors.step[past], asked, levels, need)
        result[here], counts[here] = found[place], count[place]
    return result, counts


def _end(past: Codes, now: Codes) -> int:
    """One more than the largest number."""
    return 1 + int(max(past.max(initial=-1), now.max(initial=-1)))


PART = Conformal
