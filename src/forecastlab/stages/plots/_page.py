"""The look that all pictures share: 1200 × 700 pixels, a sentence on top, light grid lines, colours for every eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecastlab.stages.plots._text import amount, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, LINE, PALE = "#1f2430", "#6b7280", "#dfe3e8", "#f4f0e6"
SELECT_COLOUR, TEST_COLOUR, BAD_COLOUR = "#0072b2", "#d55e00", "#d55e00"
COLOURS = ("#332288", "#88ccee", "#117733", "#ddcc77", "#cc6677", "#44aa99", "#882255", "#999933", "#aa4499")
"""For segments: Paul Tol's muted scheme, told apart under every kind of colour blindness."""

REST = "#c9ced6"
"""For what is lumped together."""

ROLES = {"select": ("selection folds", SELECT_COLOUR), "test": ("test folds", TEST_COLOUR)}
WIDTH, HEIGHT, DPI = 12.0, 7.0, 100
_FITS = 78
"""Characters of a title that fit into the width in full size; longer ones are set smaller."""


def page(title: str, subtitle: str = "", note: str = "") -> Figure:
    """An empty page: what is seen as a sentence, how to read it below, what was left out at the foot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    size = min(16.0, 16.0 * _FITS / max(len(title), 1))
    figure.text(0.03, 0.955, title, fontsize=size, fontweight="bold", color=INK, va="center")
    figure.text(0.03, 0.912, subtitle, fontsize=11, color=GREY, va="center")
    figure.text(0.03, 0.02, note, fontsize=9.5, color=GREY, va="center")
    return figure


def nothing(why: str) -> Figure:
    """A page that says why there is nothing to see."""
    return page("Nothing to show", why)


def stamp(figure: Figure, run: str) -> None:
    """Write at the foot which run a picture belongs to."""
    figure.text(0.985, 0.02, run, fontsize=9.5, color=GREY, va="center", ha="right")


def tidy(axes: Axes, grid: str = "y") -> None:
    """No frame, no tick marks, light lines behind the data in the direction that is read (``x``, ``y`` or ``""``)."""
    axes.set_facecolor("none")
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == "bottom" and grid == "y")
        axes.spines[side].set_color(LINE)
    axes.tick_params(length=0, left=False, bottom=False, labelsize=10, labelcolor=GREY, pad=5)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis="x" if grid == "x" else "y", color=LINE, linewidth=0.8)


def head(axes: Axes, text: str, size: float = 12) -> None:
    """The heading of one panel, on its left."""
    axes.set_title(text, loc="left", fontsize=size, color=INK, fontweight="bold", pad=8, y=1.0)


def caption(axes: Axes, x: str = "", y: str = "") -> None:
    """What the axes mean, with units."""
    if x:
        axes.set_xlabel(x, fontsize=10.5, color=GREY, labelpad=6)
    if y:
        axes.set_ylabel(y, fontsize=10.5, color=GREY, labelpad=6)


def amounts(axes: Axes, most: int = 5) -> None:
    """A vertical axis of amounts, with thousands separators, millions or billions."""
    from matplotlib.ticker import MaxNLocator

    low, high = axes.get_ylim()
    ticks = [tick for tick in MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    axes.set_yticks(ticks, [amount(tick, max(abs(low), abs(high))) for tick in ticks])


def shares(axes: Axes, along: str, most: int = 6) -> None:
    """An axis (``x`` or ``y``) of shares in per cent."""
    from matplotlib.ticker import MaxNLocator

    low, high = axes.get_xlim() if along == "x" else axes.get_ylim()
    ticks = [tick for tick in MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    texts = [percent(tick).replace(".0 %", " %") for tick in ticks]
    (axes.set_xticks if along == "x" else axes.set_yticks)(ticks, texts)


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places of labels moved apart until they are ``gap`` from each other, in the same order, within low … high."""
    order = sorted(range(len(places)), key=places.__getitem__)
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    moved = dict[int, float]()
    floor = low
    for i in order:
        moved[i] = max(places[i], floor)
        floor = moved[i] + gap
    ceiling = high
    for i in reversed(order):
        moved[i] = min(moved[i], ceiling)
        ceiling = moved[i] - gap
    return [moved[i] for i in range(len(places))]
