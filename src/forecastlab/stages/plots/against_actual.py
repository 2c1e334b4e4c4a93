"""Forecasts beside what came true, over all folds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.metric.wape import Wape
from forecastlab.schema import names, quantile_columns
from forecastlab.stages.plots import _dates, _page
from forecastlab.stages.plots._text import counted, percent, plain
from forecastlab.stages.score import as_scored

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 9
"""Panels of one picture."""

BANDS = ((0.025, 0.975, 0.16), (0.1, 0.9, 0.26))
"""Lower and upper level of a band, and how strongly it is coloured."""

NAME = "panel"


def forecast_against_actual(
    forecasts: pd.DataFrame, history: pd.DataFrame | None, level: str, unit: str = ""
) -> Figure:
    """What was foretold and what came true: one panel per series of a level, the largest nine.

    ``forecasts`` are scored forecasts of any number of folds; of folds that overlap only some are drawn, so that each
    period is foretold once. ``history`` has ``unique_id, ds, y`` of earlier periods or is None. ``unit`` is that of the
    values, such as ``USD``.
    """
    rows = forecasts[forecasts[names.LEVEL] == level] if len(forecasts) else forecasts
    if not len(rows):
        return _page.nothing(f"There are no forecasts of the level {plain(level)}.")
    of_segment = level == names.SEGMENT
    rows = rows.assign(**{NAME: rows[names.SEGMENT if of_segment else names.SERIES].astype(str)})
    sizes = rows[names.Y].abs().groupby(rows[NAME]).sum().sort_values(ascending=False, kind="stable")
    shown = list(sizes.index[:MOST])
    drawn = apart(rows)
    figure = _page.page(
        _title(rows, level, len(sizes)),
        "Each panel has its own scale." if len(shown) > 1 else "",
        _note(rows, drawn, len(shown), len(sizes), float(sizes[shown].sum() / (sizes.sum() or 1))),
    )
    _key(figure, drawn)
    span = _span(rows, history)
    for name, axes in zip(shown, _grid(figure, len(shown)), strict=True):
        part = rows[rows[NAME] == name]
        past = None if history is None else history[history[names.SERIES].isin(part[names.SERIES].unique())]
        _panel(axes, part, drawn[drawn[NAME] == name], past, span, len(shown))
        if len(shown) > 1:
            _page.head(axes, plain(name, 22), 11)
            axes.set_title(
                f"WAPE {percent(Wape().score(as_scored(part)))}", loc="right", fontsize=10, color=_page.GREY, y=1.0
            )
    ylabel = f"{plain(unit) or 'value'} per {_dates.period(rows[names.DS])}"
    figure.supylabel(ylabel, x=0.012, y=0.48, fontsize=10.5, color=_page.GREY)
    return figure


def apart(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of folds that do not overlap: of each role the first, the next that begins after its end, and so on."""
    kept = []
    for _, part in rows.groupby("role"):
        end = pd.Timestamp.min
        for cutoff, fold in part.groupby(names.CUTOFF)[names.DS]:
            if fold.min() > end:
                kept.append(cutoff)
                end = fold.max()
    return rows[rows[names.CUTOFF].isin(kept)]


def _title(rows: pd.DataFrame, level: str, n: int) -> str:
    what = "the total" if level == names.TOTAL else counted(n, "segment") if level == names.SEGMENT else f"{n:,} series"
    what += "" if level in (names.TOTAL, names.SEGMENT, "series") else f" by {plain(level)}"
    found = [
        f"{percent(Wape().score(as_scored(part)))} in {_page.ROLES[role][0]}"
        for role in _page.ROLES
        if len(part := rows[rows["role"] == role])
    ]
    return f"Forecast of {what}: WAPE {', '.join(found)}"


def _note(rows: pd.DataFrame, drawn: pd.DataFrame, shown: int, n: int, share: float) -> str:
    folds, all_folds = drawn[names.CUTOFF].nunique(), rows[names.CUTOFF].nunique()
    said = [f"Shown: the {shown} largest of {n:,}, {percent(share)} of the sum."] if shown < n else []
    if folds < all_folds:
        said.append(f"Drawn: {folds} of {all_folds:,} folds, those that do not overlap; WAPE is over all of them.")
    fell = int((drawn["source"] == "fallback").sum()) if "source" in drawn else 0
    if fell:
        said.append(f"{counted(fell, 'forecast')} drawn fell back to seasonal naive.")
    return "  ".join(said)


def _span(rows: pd.DataFrame, history: pd.DataFrame | None) -> tuple[float, float]:
    """First and last day to show: of the history at most as much as the folds span, so that these can be seen."""
    at = _dates.days(rows[names.DS])
    low, high = float(at.min()), float(at.max())
    if history is None or not len(history):
        return low, high
    return max(float(_dates.days(history[names.DS]).min()), low - (high - low) - 1), high


def _grid(figure: Figure, n: int) -> list[Axes]:
    columns = 1 if n == 1 else 2 if n <= 4 else 3
    lines = math.ceil(n / columns)
    grid = figure.add_gridspec(
        lines,
        columns,
        left=0.085,
        right=0.975,
        top=0.865 if n == 1 else 0.82,
        bottom=0.105,
        hspace=0.42 if lines > 2 else 0.3,
        wspace=0.2,
    )
    found = [figure.add_subplot(grid[i // columns, i % columns]) for i in range(n)]
    for axes in found[:-columns]:
        axes.tick_params(axis="x", labelbottom=False)
    return found


def _panel(
    axes: Axes,
    part: pd.DataFrame,
    drawn: pd.DataFrame,
    past: pd.DataFrame | None,
    span: tuple[float, float],
    panels: int,
) -> None:
    actual = part[[names.DS, names.Y]] if past is None else pd.concat([past, part])[[names.DS, names.Y]]
    actual = actual.drop_duplicates(names.DS, keep="last").sort_values(names.DS)
    actual = actual[_dates.days(actual[names.DS]) >= span[0]]
    x, y = _broken(_dates.days(actual[names.DS]), actual[names.Y].to_numpy(float))
    axes.plot(
        x, y, color=_page.INK, linewidth=1.6, zorder=3, marker="o" if len(x) == 1 else "", solid_joinstyle="round"
    )
    _draw(axes, drawn)
    test = part[part["role"] == names.TEST]
    _page.tidy(axes)
    _limits(axes, y, drawn)
    _page.amounts(axes, 6 if panels == 1 else 4)
    _dates.time_axis(axes, *span, most={1: 12, 2: 7, 3: 7, 4: 7}.get(panels, 4))
    if len(test):
        first = float(_dates.days(pd.DatetimeIndex([test[names.CUTOFF].min()]))[0])
        left, right = axes.get_xlim()
        axes.axvspan(max(first, left), right, color=_page.PALE, zorder=0, linewidth=0)
        where = (min(max((first - left) / (right - left), 0) + 0.006, 0.9), 0.97)
        axes.text(*where, "test", transform=axes.transAxes, fontsize=9.5, color=_page.GREY, va="top")


def _draw(axes: Axes, drawn: pd.DataFrame) -> None:
    """Lines and bands of all folds, cut between the folds; folds of one period are one line, since a point is none."""
    rows = drawn.sort_values([names.CUTOFF, names.DS])
    cuts = np.flatnonzero(np.diff(rows[names.CUTOFF].to_numpy().astype("datetime64[s]").astype(np.int64))) + 1
    cuts = cuts if len(cuts) + 1 < len(rows) else cuts[:0]
    x = np.insert(_dates.days(rows[names.DS]), cuts, np.nan)
    colour, columns, lone = _page.SELECT_COLOUR, quantile_columns(rows), "o" if len(rows) == 1 else ""
    for low, high, strength in BANDS:
        if low not in columns or high not in columns:
            continue
        ends = [np.insert(rows[columns[level]].to_numpy(float), cuts, np.nan) for level in (low, high)]
        if lone:
            axes.vlines(x, ends[0], ends[1], color=colour, alpha=strength, linewidth=6)
        elif np.isfinite(ends[0] + ends[1]).any():
            axes.fill_between(x, ends[0], ends[1], color=colour, alpha=strength, linewidth=0, zorder=1)
    yhat = np.insert(rows[names.YHAT].to_numpy(float), cuts, np.nan)
    axes.plot(x, yhat, color=colour, linewidth=1.8, zorder=4, marker=lone)


def _limits(axes: Axes, y: NDArray[np.float64], drawn: pd.DataFrame) -> None:
    """From zero to a little above lines and 80 % band: a wide 95 % band may be cut off rather than flatten all else."""
    columns = quantile_columns(drawn)
    seen = [y, drawn[names.YHAT].to_numpy(float)]
    seen += [drawn[columns[level]].to_numpy(float) for level in (0.1, 0.9) if level in columns]
    values = np.concatenate(seen)
    values = values[np.isfinite(values)]
    low, high = (min(values.min(), 0.0), max(values.max(), 0.0)) if len(values) else (0.0, 1.0)
    room = 0.12 * ((high - low) or 1.0)
    axes.set_ylim(low - (room if low < 0 else 0), high + room)


def _broken(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same line, cut where periods are missing in between."""
    if len(x) < 3:
        return x, y
    steps = np.diff(x)
    holes = np.flatnonzero(steps > 1.5 * np.median(steps)) + 1
    return np.insert(x, holes, x[holes]), np.insert(y, holes, np.nan)


def _key(figure: Figure, drawn: pd.DataFrame) -> None:
    """One line that says what is what, above all panels."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    columns = quantile_columns(drawn)
    signs: list[Line2D | Patch] = [
        Line2D([], [], color=_page.INK, linewidth=1.6, label="actual"),
        Line2D([], [], color=_page.SELECT_COLOUR, linewidth=2, label="forecast"),
    ]
    for (low, high, _), strength in zip(reversed(BANDS), (0.4, 0.16), strict=True):
        if low in columns and high in columns and drawn[columns[low]].notna().any():
            signs.append(
                Patch(color=_page.SELECT_COLOUR, alpha=strength, linewidth=0, label=f"{100 * (high - low):.0f} % band")
            )
    figure.legend(
        handles=signs,
        loc="center right",
        bbox_to_anchor=(0.985, 0.912),
        ncols=4,
        frameon=False,
        fontsize=10.5,
        labelcolor=_page.INK,
        handlelength=1.6,
    )
