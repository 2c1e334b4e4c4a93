"""Made-up series to test with: seeded, small, and with what real ones have: trends, seasons, late starts, silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Forecaster, Frequency, Future, Grid, History, ReadsBase, names
from forecastlab.stages.supposed_base import supposed

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.1, 0.5, 0.9, 0.95)
FIRST = pd.Timestamp("2014-12-31")


def history(seed: int, series: int, periods: int, code: str, season: int) -> History:
    """A history of series with level, trend, season and noise; every third starts half-way."""
    rng = np.random.default_rng(seed)
    t = np.arange(periods)
    level, slope = rng.uniform(20, 400, (series, 1)), rng.normal(0, 0.4, (series, 1))
    wave = np.sin(2 * np.pi * t / max(season, 2) + rng.uniform(0, 6, (series, 1)))
    values = level + slope * t + 0.2 * level * wave + rng.normal(0, 0.05, (series, periods)) * level
    values[2::3, : periods // 2] = np.nan
    return of_rows(values, code, season)


def of_rows(values: Sequence[Sequence[float]] | Floats, code: str, season: int) -> History:
    """A history of the given rows, oldest value first; series ``s00, s01, …`` in two segments."""
    rows = np.array(values, dtype=float)
    freq = Frequency(code)
    ids = np.array([f"s{i:02d}" for i in range(len(rows))])
    start = freq.ends(FIRST - pd.Timedelta(days=400), FIRST)[-1]
    ds = freq.after(start, rows.shape[1])
    segments = np.where(np.arange(len(rows)) % 2, "loyal", "new")
    static = pd.DataFrame({names.LEVEL: names.SEGMENT, names.SEGMENT: segments}, index=pd.Index(ids, name=names.SERIES))
    return History(Grid(ids, ds, rows), freq, season, static)


def pathological() -> History:
    """Monthly series that are legal and hard: one value, a few, constant, zero, negative, huge, tiny, one spike."""
    n = 26
    wave = 100 + 10 * np.sin(np.arange(n))
    late = np.full((3, n), np.nan)
    late[0, -1:], late[1, -2:], late[2, -5:] = 7, (3, 4), (1, 0, 2, 0, 1)
    spike = np.where(np.arange(n) == 12, 1e4, 0.0)
    step = np.where(np.arange(n) < 20, 0.0, 50.0)
    still = [np.full(n, value) for value in (0.0, 5.0, -3.0)]
    return of_rows(np.vstack([late, *still, 1e10 * wave, 1e-7 * wave, -wave, spike, step, wave]), "M", 12)


def future(past: History, periods: int, lead: int = 1, levels: Sequence[float] = ()) -> Future:
    """The ``periods`` periods that begin ``lead`` periods after the cutoff of ``past``."""
    return Future(past.freq.after(past.cutoff, lead - 1 + periods)[lead - 1 :], lead, tuple(levels))


REACH = 10
"""How many periods ahead a made-up customer base tells of."""


def seen_by(model: Forecaster, past: History) -> History:
    """The history as the model asks for it: with a customer base behind the series if it looks at customers."""
    reads = isinstance(model, ReadsBase) and model.reads_base
    return replace(past, base=supposed(past, 200, REACH)) if reads else past
