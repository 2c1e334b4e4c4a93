"""Scores of customers beside what happened: by tenths of the list, and how much its top holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import names
from forecastlab.stages.customer_curves import TENTHS, held, tenths
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def deciles(forecasts: pd.DataFrame, unit: str, of: str = "") -> Figure:
    """Customers by tenths of their score: what was foretold on average, and what came."""
    rows = {role: part for role, part in forecasts.groupby("role") if len(part) >= TENTHS}
    if not rows:
        return _page.nothing(f"There are fewer than {TENTHS} customers.")
    event = set(forecasts[names.Y].unique()) <= {0.0, 1.0}
    amount = "wait" if of == "wait" else "money"
    what = "share with the event" if event else f"{amount} of a customer on average{f' in {unit}' * bool(unit)}"
    told, came = tenths(rows.get("select", next(iter(rows.values()))))
    off = float(np.abs(told - came).mean())
    title = (
        f"Scores were off by {percent(off)} of the customers"
        if event
        else f"Scores were off by {f'{off:,.2f} {unit}'.strip()}"
    )
    figure = _page.page(
        f"{title}, on average over tenths of the list",
        "Points on the line: what was foretold came true. Each point is a tenth of the customers.",
    )
    axes = figure.add_axes((0.1, 0.13, 0.72, 0.7))
    top = 0.0
    for role, part in rows.items():
        told, came = tenths(part)
        words, colour = _page.ROLES[str(role)]
        axes.plot(told, came, color=colour, linewidth=2.2, marker="o", markersize=7)
        axes.text(told[-1], came[-1], f"  {words}", fontsize=10, color=colour, va="center")
        top = max(top, float(told.max()), float(came.max()))
    axes.plot([0, top], [0, top], color=_page.INK, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    _page.tidy(axes)
    _page.caption(axes, f"foretold: {what}", f"what came: {what}")
    return figure


def gains(forecasts: pd.DataFrame) -> Figure:
    """How much of the events, or of the money, is held by the share of customers with the highest scores."""
    event = set(forecasts[names.Y].unique()) <= {0.0, 1.0}
    what = "customers with the event" if event else "later money"
    parts = {str(role): part for role, part in forecasts.groupby("role") if part[names.Y].clip(lower=0).sum() > 0}
    if not parts:
        return _page.nothing(f"There are no {what}." if event else f"There is no {what}.")
    first = parts.get("select", next(iter(parts.values())))
    top = float(held(first, names.YHAT)[round(0.1 * 100)])
    figure = _page.page(
        f"The tenth with the highest scores held {percent(top)} of the {what}",
        "Dashed: customers in an order by chance. Dotted: the best order there is, in hindsight.",
    )
    axes = figure.add_axes((0.1, 0.13, 0.72, 0.7))
    share = np.linspace(0, 1, 101)
    axes.plot([0, 1], [0, 1], color=_page.INK, linewidth=1, linestyle=(0, (4, 3)))
    for role, part in parts.items():
        words, colour = _page.ROLES[role]
        axes.plot(share, held(part, names.Y), color=colour, linewidth=1.2, linestyle=":")
        axes.plot(share, held(part, names.YHAT), color=colour, linewidth=2.2, label=words)
    _ends(axes, parts)
    _page.tidy(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    _page.shares(axes, "y")
    _page.shares(axes, "x")
    _page.caption(axes, "share of the customers, highest scores first", f"share of the {what}")
    return figure


def _ends(axes: Axes, parts: dict[str, pd.DataFrame]) -> None:
    for i, role in enumerate(parts):
        words, colour = _page.ROLES[role]
        axes.text(0.98, 0.14 - 0.06 * i, words, fontsize=10, color=colour, ha="right", va="center")
