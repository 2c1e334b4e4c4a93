"""Uplift as pictures: what is gained when the first of the list are approached, and by tenths of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.stages import uplift
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOBODY = "In no folds were enough customers approached and enough others held out."


def qini(forecasts: pd.DataFrame) -> Figure:
    """The Qini curve of each kind of folds, beside approaching customers in an order by chance."""
    found = {role: arms for role in _page.ROLES if (arms := uplift.arms(forecasts, role)) is not None}
    if not found:
        return _page.nothing(NOBODY)
    first = next(iter(found.values()))
    share, gained = uplift.curve(first)
    at = round(uplift.SHARE * (len(share) - 1))
    figure = _page.page(
        f"The first {uplift.SHARE:.0%} of the list bring {percent(gained[at])} more reactions, "
        f"all of it {percent(gained[-1])}",
        "Qini curve: reactions gained, per customer approached if all are. Dashed: an order by chance.",
    )
    axes = figure.add_axes((0.1, 0.13, 0.72, 0.7))
    ends = []
    for role, arms in found.items():
        words, colour = _page.ROLES[role]
        share, gained = uplift.curve(arms)
        axes.plot(share, gained, color=colour, linewidth=2.2)
        axes.plot([0, 1], [0, gained[-1]], color=colour, linewidth=1, linestyle=(0, (4, 3)))
        ends.append((float(gained[-1]), words, colour))
    axes.axhline(0, color=_page.INK, linewidth=0.8, zorder=0)
    _page.tidy(axes)
    axes.set_xlim(0, 1)
    low, high = axes.get_ylim()
    places = _page.spread([end for end, *_ in ends], 0.05 * (high - low), low, high)
    for place, (_, words, colour) in zip(places, ends, strict=True):
        axes.text(1.01, place, words, fontsize=10, color=colour, va="center")
    for along in ("x", "y"):
        _page.shares(axes, along)
    _page.caption(axes, "share of the customers approached, highest scores first", "reactions gained")
    return figure


def tenths(forecasts: pd.DataFrame) -> Figure:
    """The uplift in each tenth of the list, and what was foretold of it."""
    found = {role: arms for role in _page.ROLES if (arms := uplift.arms(forecasts, role)) is not None}
    if not found:
        return _page.nothing(NOBODY)
    role, arms = next(iter(found.items()))
    rows = uplift.tenths(arms)
    words, colour = _page.ROLES[role]
    figure = _page.page(
        f"Approaching adds {percent(rows['came'].iloc[0])} in the first tenth of the list, "
        f"{percent(rows['came'].iloc[-1])} in the last",
        f"Bars: rate of those approached less that of those held out, {words}. Points: what was foretold.",
    )
    axes = figure.add_axes((0.1, 0.13, 0.82, 0.7))
    axes.bar(rows["tenth"], rows["came"], color=colour, alpha=0.55, width=0.7)
    axes.plot(rows["tenth"], rows["foretold"], color=_page.INK, marker="o", linestyle="none", markersize=7)
    axes.axhline(0, color=_page.INK, linewidth=0.8)
    _page.tidy(axes)
    axes.set_xticks(np.arange(1, uplift.TENTHS + 1))
    _page.shares(axes, "y")
    _page.caption(axes, "tenth of the list, highest scores first", "uplift")
    return figure
