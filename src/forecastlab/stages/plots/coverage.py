"""Whether forecasts are as sure of themselves as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import names, quantile_columns
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import counted, percent
from forecastlab.stages.plots.errors import level_words, levels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def calibration(forecasts: pd.DataFrame) -> Figure:
    """How much of what came true each band held, beside how much it promised, for two levels at most.

    A band is what lies between the quantiles p/2 and 1 - p/2. Rows without quantiles are left out, and counted.
    """
    rows = forecasts[forecasts[names.Y].notna()] if len(forecasts) else forecasts
    columns = quantile_columns(rows)
    bands = [(low, round(1 - low, 6)) for low in columns if low < 0.5 and round(1 - low, 6) in columns]
    made = rows[rows[[columns[level] for band in bands for level in band]].notna().all(axis=1)] if bands else rows[:0]
    if not len(made):
        return _page.nothing("There are no forecasts with quantiles.")
    shown = levels(made)[:2]
    figure = _page.page(
        _title(made[made[names.LEVEL] == shown[0]], columns, bands, shown[0]),
        "On the line: bands are as wide as they should be. Below: too narrow. Above: too wide.",
        f"{counted(len(rows) - len(made), 'forecast')} of {len(rows):,} had no quantiles."
        if len(made) < len(rows)
        else "",
    )
    grid = figure.add_gridspec(1, len(shown), left=0.075, right=0.88, top=0.8, bottom=0.13, wspace=0.5)
    for i, level in enumerate(shown):
        axes = figure.add_subplot(grid[0, i])
        _lines(axes, made[made[names.LEVEL] == level], columns, bands)
        _page.head(axes, level_words(level))
        _page.caption(axes, "share of the truth that the band promised to hold", "share that it held" if i == 0 else "")
    return figure


def _held(rows: pd.DataFrame, columns: dict[float, str], bands: list[tuple[float, float]]) -> NDArray[np.float64]:
    """The share of rows whose truth lies inside each band."""
    y = rows[names.Y].to_numpy(float)
    ends = [(rows[columns[low]].to_numpy(float), rows[columns[high]].to_numpy(float)) for low, high in bands]
    return np.array([np.mean((low <= y) & (y <= high)) for low, high in ends])


def _title(rows: pd.DataFrame, columns: dict[float, str], bands: list[tuple[float, float]], level: str) -> str:
    low, high = min(bands, key=lambda band: abs(band[1] - band[0] - 0.8))
    of = " of the total" if level == names.TOTAL else ""
    held = [
        f"{percent(float(_held(part, columns, [(low, high)])[0]))} of the truth in {words}"
        for role, (words, _) in _page.ROLES.items()
        if len(part := rows[rows["role"] == role])
    ]
    said = ", ".join(held[:1] + [words.replace(" of the truth", "") for words in held[1:]])
    return f"{100 * (high - low):.0f} % bands{of} held {said}"


def _lines(axes: Axes, rows: pd.DataFrame, columns: dict[float, str], bands: list[tuple[float, float]]) -> None:
    promised = np.array([high - low for low, high in bands])
    axes.plot([0, 1], [0, 1], color=_page.INK, linewidth=1, linestyle=(0, (4, 3)))
    ends = []
    for role, (words, colour) in _page.ROLES.items():
        part = rows[rows["role"] == role]
        if len(part):
            held = _held(part, columns, bands)
            axes.plot(promised, held, color=colour, linewidth=2.2, marker="o", markersize=6, clip_on=False)
            ends.append((float(held[0]), f"{words}\n{counted(len(part), 'forecast')}", colour))
    _page.tidy(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    _page.shares(axes, "y")
    _page.shares(axes, "x")
    places = _page.spread([end[0] for end in ends], 0.1, 0.03, 1.0)
    for (_, words, colour), y in zip(ends, places, strict=True):
        axes.text(1.03, y, words, fontsize=10, color=colour, va="center", linespacing=1.2)
