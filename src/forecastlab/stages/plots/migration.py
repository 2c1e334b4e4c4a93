"""Where customers went: from segment to segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.stages.composition import UNSEEN
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import counted, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 12
"""Rows and columns that can be read."""


def migration_matrix(migration: pd.DataFrame) -> Figure:
    """Of the customers in a segment before (rows), how many are in which segment now (columns).

    ``migration`` has ``from, to, customers``, or is the matrix itself with segments before as index and segments now as
    columns. Percentages are of a row, small figures are customers. Of many segments the twelve largest are shown.
    """
    table = _matrix(migration)
    if not table.to_numpy().sum():
        return _page.nothing("No customer is known at both dates.")
    stayed = sum(float(table.loc[name, name]) for name in table.index if name in table.columns)
    known = float(table.loc[[name for name in table.index if name in table.columns]].to_numpy().sum())
    shown = _largest(table)
    figure = _page.page(
        f"{percent(stayed / known if known else float('nan'))} of customers stayed in their segment",
        "Rows: segment before.  Columns: segment now.  Per cent of the row, and customers.",
        _note(table, shown),
    )
    axes = figure.add_axes((0.2, 0.07, 0.66, 0.73))
    _cells(axes, shown, table.sum(axis=1).reindex(shown.index).to_numpy(float))
    return figure


def _note(table: pd.DataFrame, shown: pd.DataFrame) -> str:
    n = table.index.union(table.columns).drop(UNSEEN, errors="ignore").size
    said = [f"Shown: the {MOST} largest of {counted(n, 'segment')}."] if n > MOST else []
    if UNSEEN in shown.index:
        said.append(f"{UNSEEN}: had not bought before; left out of the figure on top.")
    return "  ".join(said)


def _matrix(migration: pd.DataFrame) -> pd.DataFrame:
    if {"from", "to", "customers"} <= set(migration.columns):
        order = list(dict.fromkeys([*migration["from"], *migration["to"]]))
        table = migration.pivot_table(index="from", columns="to", values="customers", aggfunc="sum", fill_value=0)
        table = table.reindex(
            index=[name for name in order if name in table.index], columns=[n for n in order if n in table.columns]
        )
    else:
        table = migration
    table = table.astype(float).fillna(0)
    return table.loc[table.sum(axis=1) > 0]


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """The rows and columns of the segments that most customers left or entered."""
    both = table.sum(axis=1).add(table.sum(axis=0), fill_value=0).drop(UNSEEN, errors="ignore")
    names = [*both.sort_values(ascending=False, kind="stable").index[:MOST], UNSEEN]
    return table.loc[table.index.isin(names), table.columns.isin(names)]


def _cells(axes: Axes, table: pd.DataFrame, sums: np.ndarray) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    counts = table.to_numpy(float)
    share = counts / sums[:, None]
    blues = LinearSegmentedColormap.from_list("share", ["#ffffff", "#9ecae1", "#08519c"])
    axes.pcolormesh(share, cmap=blues, vmin=0, vmax=1, edgecolors="white", linewidth=2)
    large = 12 if len(table) <= 8 else 9.5
    gap = 0.16 if len(table) <= 8 else 0.2
    for (i, j), part in np.ndenumerate(share):
        colour = "white" if part > 0.55 else _page.INK if counts[i, j] else _page.REST
        if not counts[i, j]:
            axes.text(j + 0.5, i + 0.5, "0", color=colour, fontsize=large, ha="center", va="center")
            continue
        axes.text(j + 0.5, i + 0.5 - gap, f"{part:.0%}", color=colour, fontsize=large, ha="center", va="center")
        count = f"{counts[i, j]:,.0f}"
        axes.text(j + 0.5, i + 0.5 + gap, count, color=colour, fontsize=large - 2.5, ha="center", va="center")
    _page.tidy(axes, "")
    axes.invert_yaxis()
    axes.set_xticks(np.arange(table.shape[1]) + 0.5, [plain(name, 16) for name in table.columns])
    axes.set_yticks(np.arange(len(table)) + 0.5, [plain(name, 22) for name in table.index])
    axes.xaxis.tick_top()
    if table.shape[1] > 7:
        for label in axes.get_xticklabels():
            label.set(rotation=25, ha="left", rotation_mode="anchor")
    axes.tick_params(labelcolor=_page.INK, labelsize=11 if max(table.shape) <= 8 else 9.5, length=0)
    for i, total in enumerate(sums):
        axes.text(table.shape[1] + 0.12, i + 0.5, f"{total:,.0f}", fontsize=10.5, color=_page.GREY, va="center")
    axes.text(table.shape[1] + 0.12, -0.08, "customers", fontsize=10, color=_page.GREY, va="bottom")
