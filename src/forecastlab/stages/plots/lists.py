"""Lists of items as a picture: how many customers bought at least one of the first items, beside what is popular."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import names
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def hit_rates(forecasts: pd.DataFrame) -> Figure:
    """The hit rate by how many items of the list count, for each kind of folds, and that of what is most popular."""
    found = {role: rows for role in _page.ROLES if len(rows := forecasts[forecasts["role"] == role])}
    first = next(iter(found.values()))
    own, usual = by_length(first, names.Y), by_length(first, "popular")
    at = min(5, len(own))
    figure = _page.page(
        f"Of the first {at} items on the list {percent(own[at])} of the customers bought one, "
        f"of the most popular {percent(usual[at])}",
        "Customers with a hit among the first items of their list. Dashed: had all been offered what is most popular.",
    )
    axes = figure.add_axes((0.1, 0.13, 0.72, 0.7))
    for role, rows in found.items():
        words, colour = _page.ROLES[role]
        own, usual = by_length(rows, names.Y), by_length(rows, "popular")
        axes.plot(own.index, own, color=colour, linewidth=2.2, marker="o", label=words)
        axes.plot(usual.index, usual, color=colour, linewidth=1.2, linestyle=(0, (4, 3)))
    _page.tidy(axes)
    axes.set_ylim(bottom=0)
    axes.set_xticks(list(own.index))
    axes.legend(frameon=False, fontsize=10, loc="lower right")
    _page.shares(axes, "y")
    _page.caption(axes, "items of the list that count", "customers with a hit")
    return figure


def by_length(forecasts: pd.DataFrame, hit: str) -> pd.Series[float]:
    """The share of customers with a hit among the first n items, by n, of all folds together."""
    place = forecasts["rank"].where(forecasts[hit] > 0)
    first = place.groupby([forecasts[names.CUTOFF], forecasts[names.SERIES]]).min()
    lengths = range(1, int(forecasts["rank"].max()) + 1)
    return pd.Series({n: float((first <= n).mean()) for n in lengths})
