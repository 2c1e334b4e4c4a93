"""How large the errors are: by distance from the cutoff, and by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import names
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import counted, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 15
"""Segments of one picture."""


def error_by_horizon(scores: pd.DataFrame) -> Figure:
    """WAPE by how far ahead was foretold, in selection and in test folds, for two levels at most."""
    rows = _wape(scores)
    if len(rows):
        rows = rows[(rows[names.STEP] > 0) & rows[names.CUTOFF].isna() & (rows[names.SEGMENT] == "")]
    rows = rows[np.isfinite(rows["value"].to_numpy(float))] if len(rows) else rows
    if not len(rows):
        return _page.nothing("There are no scores by step.")
    shown = levels(rows)[:2]
    figure = _page.page(
        _horizon_title(rows, shown[0]),
        "WAPE: what was forecast wrongly, as a share of what was sold. Lower is better.",
        "Choosing may look at selection folds only; test folds confirm.",
    )
    grid = figure.add_gridspec(1, len(shown), left=0.075, right=0.88, top=0.8, bottom=0.13, wspace=0.42)
    highest = float(rows.loc[rows[names.LEVEL].isin(shown), "value"].max()) or 1.0
    for i, level in enumerate(shown):
        axes = figure.add_subplot(grid[0, i])
        _lines(axes, rows[rows[names.LEVEL] == level], 1.15 * highest)
        _page.head(axes, level_words(level))
        _page.caption(axes, "periods ahead of the cutoff", "WAPE" if i == 0 else "")
    return figure


def error_by_segment(scores: pd.DataFrame, forecasts: pd.DataFrame) -> Figure:
    """WAPE of each segment beside its share of what was sold, largest segment first.

    Bars are the selection folds, dots the test folds. The share is that of the actual values in the scored rows: by it
    a segment's error weighs in the WAPE of all segments.
    """
    rows = _wape(scores)
    if len(rows):
        rows = rows[(rows[names.STEP] == 0) & rows[names.CUTOFF].isna() & (rows[names.LEVEL] == names.SEGMENT)]
    apart = rows[rows[names.SEGMENT] != ""] if len(rows) else rows
    if not len(apart):
        return _page.nothing("There are no scores by segment.")
    table = apart.pivot_table(index=names.SEGMENT, columns="role", values="value", dropna=False)
    table = table.reindex(columns=list(_page.ROLES))
    sold = forecasts[forecasts[names.LEVEL] == names.SEGMENT]
    money = sold[names.Y].abs().groupby(sold[names.SEGMENT]).sum().reindex(table.index).fillna(0.0)
    table["share"] = money / (money.sum() or 1.0)
    table = table.sort_values("share", ascending=False, kind="stable")
    shown = table.iloc[:MOST]
    note = f"Shown: the {MOST} largest of {counted(len(table), 'segment')}." if len(table) > MOST else ""
    figure = _page.page(
        _segment_title(shown),
        "WAPE: what was forecast wrongly, as a share of what was sold. Largest segment first.",
        note,
    )
    grid = figure.add_gridspec(1, 2, left=0.2, right=0.94, top=0.8, bottom=0.12, wspace=0.66, width_ratios=[2.3, 1])
    together = rows[rows[names.SEGMENT] == ""].set_index("role")["value"]
    _bars(figure.add_subplot(grid[0, 0]), shown, together)
    _shares(figure.add_subplot(grid[0, 1]), shown)
    return figure


def levels(rows: pd.DataFrame) -> list[str]:
    """The levels of a frame in the order in which they are shown: the total, the segments, then the others."""
    first = {names.TOTAL: 0, names.SEGMENT: 1}
    return sorted(rows[names.LEVEL].unique(), key=lambda level: (first.get(level, 2), level))


def level_words(level: str) -> str:
    """A level in words."""
    known = {names.TOTAL: "Total", names.SEGMENT: "Segments, each by itself", "series": "Series, each by itself"}
    return known.get(level, f"By {plain(level)}")


def _wape(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[scores["metric"] == "wape"] if len(scores) else scores


def _horizon_title(rows: pd.DataFrame, level: str) -> str:
    part = rows[(rows[names.LEVEL] == level) & (rows["role"] == names.SELECT)].sort_values(names.STEP)
    part = part if len(part) else rows[rows[names.LEVEL] == level].sort_values(names.STEP)
    where = "of the total" if level == names.TOTAL else f"by {plain(level)}"
    (near, first), (far, last) = part[[names.STEP, "value"]].to_numpy(float)[[0, -1]]
    if far == near:
        return f"Error {where}: {percent(first)} at {counted(int(near), 'period')} ahead"
    return f"Error {where}: {percent(first)} at {counted(int(near), 'period')} ahead, {percent(last)} at {int(far)}"


def _lines(axes: Axes, rows: pd.DataFrame, top: float) -> None:
    ends = []
    for role, (words, colour) in _page.ROLES.items():
        part = rows[rows["role"] == role].sort_values(names.STEP)
        if len(part):
            x, y = part[names.STEP].to_numpy(float), part["value"].to_numpy(float)
            axes.plot(x, y, color=colour, linewidth=2.2, marker="o", markersize=5, clip_on=False)
            ends.append((float(y[-1]), float(x[-1]), f"{words}\n{percent(float(y[-1]))}", colour))
    _page.tidy(axes)
    axes.set_ylim(0, top)
    _page.shares(axes, "y")
    steps = np.unique(rows[names.STEP].to_numpy(int))
    axes.set_xlim(steps[0] - 0.3, steps[-1] + 0.3)
    axes.set_xticks(steps[:: max(1, -(-len(steps) // 12))])
    for (_, far, words, colour), place in zip(
        ends, _page.spread([e[0] for e in ends], 0.085 * top, 0, top), strict=True
    ):
        axes.annotate(
            words,
            (far, place),
            (10, 0),
            textcoords="offset points",
            color=colour,
            fontsize=10.5,
            va="center",
            linespacing=1.2,
        )


def _segment_title(table: pd.DataFrame) -> str:
    by: pd.Series[float] = table[names.SELECT] if table[names.SELECT].notna().any() else table[names.TEST]
    if by.isna().all():
        return "Error by segment: nothing could be scored"
    worst, best = str(by.idxmax()), str(by.idxmin())
    if worst == best:
        return f"Error by segment: {percent(by[best])} for {plain(best)}"
    return f"Error by segment: from {percent(by[best])} for {plain(best)} to {percent(by[worst])} for {plain(worst)}"


def _bars(axes: Axes, table: pd.DataFrame, together: pd.Series[float]) -> None:
    """Bars and dots, and their figures in columns beside them, whose heads say which is which."""
    y = np.arange(len(table))[::-1]
    select, test = table[names.SELECT].to_numpy(float), table[names.TEST].to_numpy(float)
    axes.barh(y, np.nan_to_num(select), color=_page.SELECT_COLOUR, alpha=0.85, height=0.62)
    axes.plot(test, y, "o", color=_page.TEST_COLOUR, markersize=9, markeredgecolor="white", clip_on=False)
    both = np.concatenate([select, test])
    along, top = axes.get_yaxis_transform(), len(table) - 0.4
    sides = ((1.02, "▬ selection", _page.SELECT_COLOUR, select), (1.25, "● test", _page.TEST_COLOUR, test))
    for x, words, colour, values in sides:
        axes.annotate(
            words, (x, top), (0, 9), along, "offset points", color=colour, fontsize=10.5, fontweight="bold"
        )  # fmt: skip
        for at, value in zip(y, values, strict=True):
            axes.text(x, at, percent(value), transform=along, fontsize=10.5, color=_page.INK, va="center")
    _page.tidy(axes, "x")
    axes.set_xlim(0, 1.05 * (float(np.nanmax(both)) if np.isfinite(both).any() else 0.0) or 1.0)
    axes.set_ylim(-0.6, top)
    _page.shares(axes, "x")
    axes.set_yticks(y, [plain(name, 22) for name in table.index])
    axes.tick_params(axis="y", labelcolor=_page.INK, labelsize=11 if len(table) < 12 else 10)
    _page.caption(axes, "WAPE")
    whole = float(together.get(names.SELECT, np.nan))
    if np.isfinite(whole) and len(table) > 1:
        axes.axvline(whole, color=_page.INK, linewidth=1, linestyle=(0, (4, 3)))
        words = f"all together {percent(whole)}"
        side = "right" if whole > 0.8 * axes.get_xlim()[1] else "center"
        axes.annotate(words, (whole, top), (0, 9), textcoords="offset points", fontsize=10, color=_page.INK, ha=side)


def _shares(axes: Axes, table: pd.DataFrame) -> None:
    y, share = np.arange(len(table))[::-1], table["share"].to_numpy(float)
    axes.barh(y, share, color=_page.REST, height=0.62)
    for at, value in zip(y, share, strict=True):
        axes.annotate(
            percent(value), (value, at), (6, 0), textcoords="offset points", fontsize=10, color=_page.INK, va="center"
        )
    _page.tidy(axes, "")
    axes.set_xlim(0, 1.3 * float(share.max()) or 1.0)
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.set_xticks([])
    axes.set_yticks([])
    _page.head(axes, "Share of what was sold", 10.5)
