"""How segments grow and shrink over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import names
from forecastlab.stages.plots import _dates, _page
from forecastlab.stages.plots._text import amount, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 9
"""Segments that have a colour of their own."""


def segment_shares(composition: pd.DataFrame) -> Figure:
    """Each segment's share of the money over time, and how many customers it has.

    ``composition`` has ``ds, segment, money, customers`` (NaN customers: not counted on that day). Segments after the
    nine with the most money are lumped together. A segment whose returns exceed its sales counts as 0.
    """
    if not len(composition):
        return _page.nothing("There are no segments over time.")
    money, customers = _wide(composition, "money").fillna(0).clip(lower=0), _wide(composition, "customers")
    order = money.sum().sort_values(ascending=False, kind="stable").index
    money, customers = _lumped(money[order]), _lumped(customers[order]).dropna(how="all").fillna(0)
    sums = money.sum(axis=1)
    largest = float(money.iloc[:, 0].sum() / (sums.sum() or 1.0))
    figure = _page.page(
        f"Most money comes from {plain(order[0])}: {percent(largest)} over all periods",
        "A purchase counts for the segment its customer had when the period began.",
        f"The {len(order) - MOST} segments with the least money are shown as one." if len(order) > MOST else "",
    )
    panels = 2 if len(customers) else 1
    grid = figure.add_gridspec(1, panels, left=0.065, right=0.84, top=0.8, bottom=0.12, wspace=0.64)
    axes = figure.add_subplot(grid[0, 0])
    _areas(axes, money.div(sums.where(sums > 0), axis=0).fillna(0), share=True)
    _page.shares(axes, "y")
    _page.head(axes, f"Share of the money of each {_dates.period(composition[names.DS])}")
    if panels > 1:
        axes = figure.add_subplot(grid[0, 1])
        _areas(axes, customers, share=False)
        _page.amounts(axes)
        _page.head(axes, "Customers, also those who did not buy")
    return figure


def _wide(composition: pd.DataFrame, column: str) -> pd.DataFrame:
    """One column per segment, one row per period; NaN where nothing is known."""
    summed = composition.groupby([names.DS, names.SEGMENT], observed=True)[column].sum(min_count=1)
    return summed.unstack(names.SEGMENT).astype(float)


def _lumped(wide: pd.DataFrame) -> pd.DataFrame:
    if wide.shape[1] <= MOST:
        return wide
    rest = wide.iloc[:, MOST:].sum(axis=1, min_count=1)
    return wide.iloc[:, :MOST].assign(**{f"{wide.shape[1] - MOST} others": rest})


def _areas(axes: Axes, wide: pd.DataFrame, share: bool) -> None:
    """Areas on top of each other, the one with the most money at the bottom, each named at its right end."""
    x, y = _dates.days(pd.DatetimeIndex(wide.index)), wide.to_numpy(float).T
    colours = [*_page.COLOURS[: min(len(y), MOST)], *([_page.REST] if len(y) > MOST else [])]
    tops = np.cumsum(y, axis=0)
    height = 1.0 if share else float(tops[-1].max()) or 1.0
    if len(x) == 1:
        axes.bar(x.repeat(len(y)), y[:, 0], bottom=tops[:, 0] - y[:, 0], color=colours, width=0.8)
    else:
        axes.stackplot(x, y, colors=colours, edgecolor="white", linewidth=0.6)
    _page.tidy(axes)
    axes.set_ylim(0, height if share else 1.05 * height)
    _dates.time_axis(axes, x[0], x[-1], most=6)
    middles = list((tops[:, -1] - y[:, -1] / 2) / axes.get_ylim()[1])
    for i, (place, middle) in enumerate(zip(_page.spread(middles, 0.045, 0.01, 0.99), middles, strict=True)):
        last = float(y[i, -1])
        said = percent(last) if share else amount(last, height)
        axes.plot(
            [1.0, 1.025, 1.045], [middle, place, place], transform=axes.transAxes, color=colours[i], linewidth=3,
            clip_on=False, solid_capstyle="butt",
        )  # fmt: skip
        words = f"{plain(wide.columns[i], 14)}  {said}"
        axes.text(1.06, place, words, transform=axes.transAxes, fontsize=10, color=_page.INK, va="center")
