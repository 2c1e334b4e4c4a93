"""Where customers went: from segment to segment."""

from __future__ import annotations

import pandas as pd

from forecastlab.page import Cell, Column, Html, switch, table, tag
from forecastlab.page.markup import joined, short
from forecastlab.page.table import heat
from forecastlab.stages.composition import UNSEEN
from forecastlab.task.report.study import Study

MOST = 15
"""Segments that customers came from and went to, the largest ones."""


def section(study: Study) -> Html | None:
    """A matrix for each segmentation: shares of a row, and customers when pointed at."""
    panels = []
    for scheme, methods in study.segmentations.items():
        told = _one(study, study.outcomes[methods[0]].migration)
        if told is not None:
            panels.append((short(scheme), told))
    return switch(study.said("report.segments.segmentation"), panels) if panels else None


def _one(study: Study, migration: pd.DataFrame) -> Html | None:
    said = study.said
    sums = migration.sum(axis=1) if len(migration) else pd.Series(dtype=float)
    matrix = migration.loc[sums > 0] if len(migration) else migration
    if matrix.shape[0] < 2 or matrix.shape[1] < 2:
        return None
    flow = matrix.sum(axis=1).add(matrix.sum(axis=0), fill_value=0).drop(UNSEEN, errors="ignore")
    largest = set(flow.sort_values(ascending=False, kind="stable").index[:MOST]) | {UNSEEN}
    shown = matrix.loc[[each for each in matrix.index if each in largest], [c for c in matrix.columns if c in largest]]
    columns = [
        Column(said("report.migration.from")),
        *(Column(study.segment(short(each, 30)), "number") for each in shown.columns),
        Column(said("report.migration.customers"), "number"),
    ]
    rows = []
    totals = matrix.sum(axis=1)
    for segment, row in ((str(key), line) for key, line in shown.iterrows()):
        total = float(totals[segment])
        cells = [Cell(tag("bdi", study.segment(short(segment))))]
        cells += [_share(study, float(n), total, segment == str(to)) for to, n in row.items()]
        rows.append([*cells, Cell(said.number(total), total)])
    left = len(flow) - MOST
    more = tag("p", said("report.migration.left", n=said.number(left)), class_="note") if left > 0 else Html("")
    return joined(table(columns, rows, said, said("report.migration.caption"), rows_shown=MOST + 1), more)


def _share(study: Study, customers: float, total: float, stayed: bool) -> Cell:
    share = customers / total
    words = tag("span", study.said.percent(share, 0), title=study.said.count("report.customers", int(customers)))
    return Cell(tag("b", words) if stayed else words, share, heat(share) if customers else "quiet")
