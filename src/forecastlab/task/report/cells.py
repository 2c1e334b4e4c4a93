"""Errors and money of one run, cut by role, level, segment and step at once: what every table of a report adds up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.schema.names import LEVEL, SEGMENT, STEP, YHAT, Y

CUT = ["role", LEVEL, SEGMENT, STEP]
SUMS = ["loss", "weight", "near", "n"]
_ROUNDING = 1 + 8 * float(np.finfo(float).eps)


def cells(forecasts: pd.DataFrame, within: float) -> pd.DataFrame:
    """``role, level, segment, step`` and the sums ``loss`` of ``|y - yhat|``, ``weight`` of ``|y|``, ``near``, ``n``.

    ``near`` is the money ``|y|`` of rows whose forecast is at most ``within`` of the truth off, as a share of it.
    """
    y, yhat = forecasts[Y].to_numpy(float), forecasts[YHAT].to_numpy(float)
    loss, weight = np.abs(y - yhat), np.abs(y)
    near = np.where(loss <= within * weight * _ROUNDING, weight, 0.0)
    sums = forecasts[CUT].assign(loss=loss, weight=weight, near=near, n=1)
    found = sums.groupby(CUT, observed=True, sort=True)[SUMS].sum(min_count=1)
    return found.reset_index()


def pooled(found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The sums by fewer cuts, with their figures: ``wape`` and ``share`` (of the money that was foretold well)."""
    sums = found.groupby(list(by), observed=True, sort=True)[SUMS].sum(min_count=1).reset_index()
    weight = sums["weight"].where(sums["weight"] > 0)
    return sums.assign(wape=sums["loss"] / weight, share=sums["near"] / weight)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, one after the other."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def steps(present: Sequence[int], most: int = 8) -> dict[int, str]:
    """What each step is shown as: itself, or where there are many a range of steps such as ``1–7``."""
    found = sorted(present)
    parts = np.array_split(np.array(found), min(most, len(found)))
    words = [str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts]
    return {int(step): word for part, word in zip(parts, words, strict=True) for step in part}
