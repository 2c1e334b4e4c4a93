"""A figure with its interval, drawn to fit into a line of a table."""

from __future__ import annotations

import math

from forecastlab.page.markup import Html, tag

WIDTH, HEIGHT = 180, 18


def whisker(middle: float, low: float, high: float, bounds: tuple[float, float], mark: float | None, tone: str) -> Html:
    """A dot and its interval on the scale of ``bounds``, the same for all rows; ``mark`` is a line to compare with.

    ``tone`` is a class: ``good``, ``bad`` or ``quiet``. An end outside the bounds is cut off; nothing is drawn for a
    middle that is not known.
    """
    if not math.isfinite(middle):
        return Html("")
    span = (bounds[1] - bounds[0]) or 1.0

    def at(value: float) -> float:
        place = 6 + (WIDTH - 12) * (value - bounds[0]) / span
        return round(min(max(place, 2.0), WIDTH - 2.0), 1)

    half = HEIGHT // 2
    parts = []
    if mark is not None:
        parts.append(tag("line", x1=at(mark), x2=at(mark), y1=0, y2=HEIGHT, class_="mark"))
    if math.isfinite(low) and math.isfinite(high):
        parts.append(tag("line", x1=at(low), x2=at(high), y1=half, y2=half, class_="reach"))
        parts += [tag("line", x1=at(end), x2=at(end), y1=half - 4, y2=half + 4, class_="reach") for end in (low, high)]
    parts.append(tag("circle", cx=at(middle), cy=half, r=4))
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", class_=f"whisker {tone}", role="img", aria_hidden="true")
