"""Quantiles from the errors that the method really made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.calibrate import _columns
from forecastlab.calibrate._errors import Errors, by_unit
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

    A series whose past never changed has no ``mae_scale``: it and the errors it is compared with are measured in units
    of each series' mean sales (`` by mean`` is added to ``q_source``), and without sales its own errors count as they
    are (`` unscaled``). The quantiles are the finite-sample ones of split-conformal prediction; overlapping folds and
    series that move together make errors less than exchangeable, so coverage is measured as well as promised.
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
        yhat = now[names.YHAT].to_numpy(dtype=float)[:, None]
        for errors in by_unit(past, now):
            waiting = np.arange(len(errors.places))
            for name, pool in _POOLS if errors.shared else _POOLS[:1]:
                found, count = pool(errors, waiting, ordered, need)
                enough = count >= need
                settled = waiting[enough]
                rows = errors.places[settled]
                values[rows] = yhat[rows] + found[enough] * errors.unit[settled, None]
                source[rows], n[rows] = name + errors.label, count[enough]
                waiting = waiting[~enough]
        return _columns.placed(now, ordered, values, source.astype(str), n, self.nonnegative)


def _of_series(errors: Errors, rows: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """Quantiles of the series' own errors at the same step, and how many errors there are, for the given rows."""
    past, now = errors.past, errors.now.take(rows)
    steps = _end(past.step, now.step)
    return _looked_up(errors, past.series * steps + past.step, now.series * steps + now.step, levels, need)


def _of_level(errors: Errors, rows: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """The same of the errors of all series of the level at the same step."""
    past, now = errors.past, errors.now.take(rows)
    steps = _end(past.step, now.step)
    return _looked_up(errors, past.level * steps + past.step, now.level * steps + now.step, levels, need)


def _of_steps(errors: Errors, rows: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    """The same of the errors of all series of the level at the nearest steps that are together enough."""
    past, now = errors.past, errors.now.take(rows)
    result, counts = np.full((len(rows), len(levels)), np.nan), np.zeros(len(rows), dtype=np.intp)
    for level in np.unique(now.level):
        pool, here = past.level == level, np.flatnonzero(now.level == level)
        asked, place = np.unique(now.step[here], return_inverse=True)
        found, count = widened(errors.value[pool], past.step[pool], asked, levels, need)
        result[here], counts[here] = found[place], count[place]
    return result, counts


_POOLS = (("series", _of_series), ("level", _of_level), ("level+steps", _of_steps))


def _looked_up(errors: Errors, past: Codes, now: Codes, levels: Sequence[float], need: int) -> tuple[Floats, Codes]:
    found, count = pooled(errors.value, past, _end(past, now), levels, need)
    return found[now], count[now]


def _end(past: Codes, now: Codes) -> int:
    """One more than the largest number."""
    return 1 + int(max(past.max(initial=-1), now.max(initial=-1)))


PART = Conformal
