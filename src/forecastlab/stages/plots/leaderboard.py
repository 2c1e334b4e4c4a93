"""Methods beside the baseline, with how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.stages.compare import BASELINE, CLEAR
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import counted, listed, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 18
"""Methods of one picture."""

_COLUMNS = ((1.04, "WAPE\nselection"), (1.2, "WAPE\ntest"), (1.33, "Evidence"))
"""Where the columns of the table to the right of the points stand, in widths of the panel."""


def leaderboard_plot(board: pd.DataFrame) -> Figure:
    """How much better or worse than the baseline each method is, in points of WAPE, with its confidence interval.

    ``board`` is what ``compare.leaderboard`` makes: one row per method, best first.
    """
    if not len(board):
        return _page.nothing("No method was compared.")
    shown = board.iloc[:MOST]
    base = board.loc[board["evidence"] == BASELINE, "method"]
    baseline = plain(base.iloc[0]) if len(base) else "the baseline"
    note = f"Shown: the {MOST} best of {counted(len(board), 'method')}." if len(board) > MOST else ""
    figure = _page.page(
        _title(board),
        f"Difference of WAPE to {baseline} over the selection folds, with the interval of this comparison alone.",
        f"{note}  Evidence holds for all comparisons with the baseline together (Holm).".strip(),
    )
    axes = figure.add_axes((0.2, 0.13, 0.46, 0.66))
    _points(axes, shown, baseline)
    _table(axes, shown)
    return figure


def _title(board: pd.DataFrame) -> str:
    best = board.iloc[0]
    title = f"{plain(best['method'])} is best: WAPE {percent(float(best['wape.select']))}"
    tied = [plain(name) for name in board.loc[board["tied_with_best"].astype(bool), "method"] if name != best["method"]]
    return f"{title}, but {listed(tied, 2)} cannot be told apart" if tied else title


def _points(axes: Axes, board: pd.DataFrame, baseline: str) -> None:
    y = np.arange(len(board))[::-1]
    rows = zip(y, board["diff"], board["lo"], board["hi"], board["evidence"], strict=True)
    axes.axvline(0, color=_page.INK, linewidth=1)
    for at, diff, low, high, evidence in rows:
        mid, ends = 100 * float(diff), (100 * float(low), 100 * float(high))
        colour = _page.GREY if evidence != CLEAR else _page.SELECT_COLOUR if mid < 0 else _page.BAD_COLOUR
        if evidence == BASELINE:
            axes.plot([0], [at], "o", markersize=9, color="white", markeredgecolor=_page.INK, markeredgewidth=1.5)
        elif np.isfinite(mid):
            if np.isfinite(ends).all():
                axes.plot(ends, [at, at], color=colour, linewidth=2.6, solid_capstyle="round")
            axes.plot([mid], [at], "o", markersize=10, color=colour, markeredgecolor="white", markeredgewidth=1)
    found = 100 * board[["diff", "lo", "hi"]].to_numpy(float)
    values = np.append(found[np.isfinite(found)], 0.0)
    room = 0.08 * (float(np.ptp(values)) or 1.0)
    axes.set_xlim(values.min() - room, values.max() + room)
    axes.set_ylim(-0.7, len(board) - 0.3)
    _page.tidy(axes, "x")
    axes.set_yticks(y, [plain(name, 24) for name in board["method"]])
    axes.tick_params(axis="y", labelcolor=_page.INK, labelsize=11.5 if len(board) <= 12 else 10)
    axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:+g}".replace("-", "−") if tick else "0")
    _page.caption(axes, f"points of WAPE against {baseline}     ← better    worse →")


def _table(axes: Axes, board: pd.DataFrame) -> None:
    """Figures and verdicts to the right of the points, row by row."""
    top = len(board) - 0.25
    along = axes.get_yaxis_transform()
    for x, words in _COLUMNS:
        axes.text(x, top, words, transform=along, fontsize=10, color=_page.GREY, va="bottom", linespacing=1.1)
    rows = zip(
        board["wape.select"], board["wape.test"], board["evidence"], board["diff"], board["n_failed"], strict=True
    )
    for i, (select, test, evidence, diff, failed) in enumerate(rows):
        words = str(evidence)
        if evidence == CLEAR:
            words = "clearly better" if diff < 0 else "clearly worse"
        if failed:
            words = f"{counted(int(failed), 'fold')} failed"
        for (x, _), cell in zip(_COLUMNS, (percent(float(select)), percent(float(test)), words), strict=True):
            axes.text(x, len(board) - 1 - i, cell, transform=along, fontsize=10.5, color=_page.INK, va="center")
