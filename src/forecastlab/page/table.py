"""Tables that can be sorted by a click and read without one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from forecastlab.page.markup import Html, joined, tag
from forecastlab.page.texts import Texts

ROWS = 30
"""Rows that are shown at once; a button shows the rest, and paper shows them all."""

LONG = 12
"""Characters of a heading above which it has a width of its own, so that it wraps into few lines."""


@dataclass(frozen=True)
class Column:
    """A column: its title, whether it holds numbers, and what its figures mean (shown when pointed at)."""

    title: str
    kind: Literal["text", "number", "picture"] = "text"
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """What a cell shows, by what it sorts (None: by the text), and its tone.

    Tones: ``good``, ``warning``, ``bad``, ``best``, ``quiet``, or ``heat0`` … ``heat8``, light to dark.
    """

    shown: str
    sort: float | str | None = None
    tone: str = ""


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell | str]],
    said: Texts,
    caption: str = "",
    rows_shown: int = ROWS,
) -> Html:
    """A table with a head that sorts. A cell is a text, markup, or a ``Cell``; the first column names the row."""
    head = tag("tr", *(_head(column) for column in columns))
    body = [
        tag("tr", *(_cell(c, column, i) for i, (c, column) in enumerate(zip(row, columns, strict=True))))
        for row in rows
    ]
    words = tag("p", caption, class_="caption") if caption else Html("")  # outside, so that it does not scroll with it
    long = len(rows) > rows_shown
    more = tag("button", said("page.table.all", n=said.number(len(rows))), type="button", class_="more", hidden=True)
    name = caption or columns[0].title
    whole = tag(
        "table", tag("thead", head), tag("tbody", *body), data_rows=rows_shown if long else None, aria_label=name
    )
    scrolled = tag("div", whole, class_="table", tabindex="0", role="region", aria_label=name)
    return joined(words, scrolled, more if long else "")


def heat(share: float) -> str:
    """The tone of a share between 0 and 1; none for what is not known."""
    return f"heat{min(max(round(8 * share), 0), 8)}" if math.isfinite(share) else ""


def _head(column: Column) -> Html:
    title = tag("button", column.title, type="button", title=column.note or None)
    shown = title if column.title and column.kind != "picture" else column.title
    kind = f"{column.kind} long" if len(column.title) > LONG else column.kind
    return tag("th", shown, scope="col", class_=kind, title=column.note if column.kind == "picture" else None)


def _cell(cell: Cell | str, column: Column, place: int) -> Html:
    given = cell if isinstance(cell, Cell) else Cell(cell)
    key = given.sort
    sort = None if key is None else "" if isinstance(key, float) and not math.isfinite(key) else key
    words = " ".join(word for word in (column.kind, given.tone) if word)
    element, scope = ("th", "row") if place == 0 else ("td", None)
    if isinstance(sort, float):
        sort = f"{sort:.8g}"
    return tag(element, given.shown, class_=words, data_sort=sort, scope=scope)
