"""Pieces of pages about segments that reports and profiles share: shares over time, and the matrix of moves."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.page import Cell, Column, Html, Texts, figure, table, tag
from forecastlab.page.markup import joined, short
from forecastlab.page.table import heat
from forecastlab.schema import written
from forecastlab.schema.names import DS, SEGMENT
from forecastlab.stages.composition import UNSEEN

AREAS = 9
"""Segments that have a colour of their own; the others are one."""

MOST = 15
"""Segments that customers came from and went to, the largest ones."""


def segment_name(segment: str, said: Texts) -> str:
    """A segment's name; of those that every segmentation has, in words."""
    return said.known("report.segment", segment)


def over_time(composition: pd.DataFrame, said: Texts, of: str = "money") -> Html:
    """Each segment's share of the money, or ``of`` the customers, over time; nothing for a single period."""
    counted = composition[composition[of].notna()] if len(composition) else composition
    if not len(counted) or counted[DS].nunique() < 2:
        return Html("")
    wide = counted.groupby([DS, SEGMENT], observed=True)[of].sum().unstack(SEGMENT).fillna(0).clip(lower=0)
    order = wide.sum().sort_values(ascending=False, kind="stable").index
    shown = wide[order[:AREAS]].rename(columns=lambda segment: segment_name(str(segment), said))
    if len(order) > AREAS:
        rest = said("report.segments.rest", n=said.number(len(order) - AREAS))
        shown = shown.assign(**{rest: wide[order[AREAS:]].sum(axis=1)})
    shares = shown.div(shown.sum(axis=1).replace(0, math.nan), axis=0).fillna(0)
    days = [written(day) for day in shares.index]
    traces = [
        {
            "type": "scatter", "mode": "lines", "stackgroup": "one", "name": short(segment, 40), "x": days,
            "y": [float(x) for x in shares[segment]], "line": {"width": 0.5, "color": f"@c{i % 10}"},
            "fillcolor": f"@c{i % 10}/75", "hovertemplate": "%{y:.1%}",
        }
        for i, segment in enumerate(shares.columns)
    ]  # fmt: skip
    layout = {"yaxis": {"tickformat": ".0%", "range": [0, 1]}, "hovermode": "x unified"}
    return joined(
        tag("h3", said("report.segments.over_time")), figure(said(f"report.segments.shares_of.{of}"), traces, layout)
    )


def moves(migration: pd.DataFrame, said: Texts, caption: str) -> Html | None:
    """The matrix of moves: shares of a row, and customers when pointed at. None for fewer than two segments."""
    sums = migration.sum(axis=1) if len(migration) else pd.Series(dtype=float)
    matrix = migration.loc[sums > 0] if len(migration) else migration
    if matrix.shape[0] < 2 or matrix.shape[1] < 2:
        return None
    flow = matrix.sum(axis=1).add(matrix.sum(axis=0), fill_value=0).drop(UNSEEN, errors="ignore")
    largest = set(flow.sort_values(ascending=False, kind="stable").index[:MOST]) | {UNSEEN}
    shown = matrix.loc[[each for each in matrix.index if each in largest], [c for c in matrix.columns if c in largest]]
    columns = [
        Column(said("report.migration.from")),
        *(Column(segment_name(short(each, 30), said), "number") for each in shown.columns),
        Column(said("report.migration.customers"), "number"),
    ]
    rows = []
    totals = matrix.sum(axis=1)
    for segment, row in ((str(key), line) for key, line in shown.iterrows()):
        total = float(totals[segment])
        cells = [Cell(tag("bdi", segment_name(short(segment), said)))]
        cells += [_share(said, float(n), total, segment == str(to)) for to, n in row.items()]
        rows.append([*cells, Cell(said.number(total), total)])
    left = len(flow) - MOST
    more = tag("p", said("report.migration.left", n=said.number(left)), class_="note") if left > 0 else Html("")
    return joined(table(columns, rows, said, caption, rows_shown=MOST + 1), more)


def _share(said: Texts, customers: float, total: float, stayed: bool) -> Cell:
    share = customers / total
    words = tag("span", said.percent(share, 0), title=said.count("report.customers", int(customers)))
    return Cell(tag("b", words) if stayed else words, share, heat(share) if customers else "quiet")
