"""How the error grows with the distance from the cutoff."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecastlab.page import Choice, Html, figure
from forecastlab.page.markup import short
from forecastlab.schema.names import LEVEL, SEGMENT, SELECT, STEP, TEST
from forecastlab.task.report.cells import pooled
from forecastlab.task.report.study import Study

CELLS = 80
"""Levels and segments that can be chosen, those with the most money first."""


def section(study: Study) -> Html | None:
    """A line per method over the steps ahead; the level or segment and the folds can be chosen."""
    if not study.adds_up or study.cells[STEP].nunique() < 2:
        return None
    said = study.said
    own = study.cells[study.cells[LEVEL].isin(study.levels)]
    found = [
        *(((level, ""), own[own[LEVEL] == level]) for level in study.levels),
        *sorted(_apart(own), key=lambda each: -float(each[1]["weight"].sum())),
    ][:CELLS]
    arrays: dict[str, Any] = {}
    for c, (_, part) in enumerate(found):
        for (role, method), line in pooled(part, ["role", "method", STEP]).groupby(["role", "method"]):
            m = study.shown.index(str(method))
            arrays |= {
                f"y/{c}/{role}/{m}": [float(x) for x in line["wape"]],
                f"x/{role}/{m}": [int(x) for x in line[STEP]],
            }
    cells = [(str(c), short(study.cell(level, segment), 60)) for c, ((level, segment), _) in enumerate(found)]
    groups = [said("report.horizon.levels") if not segment else study.level(level) for (level, segment), _ in found]
    roles = [
        (role, said(f"report.roles.{role}")) for role in (study.judged, SELECT, TEST) if (own["role"] == role).any()
    ]
    traces = [
        {"type": "scatter", "mode": "lines+markers", "name": short(method, 40), "x": f"x/{{role}}/{m}",
         "y": f"y/{{cell}}/{{role}}/{m}", "line": {"color": study.colours[method], "width": 2.6 if m == 0 else 1.6,
         "dash": "dot" if method == study.naive else "solid"}, "marker": {"size": 6}, "hovertemplate": "%{y:.1%}"}
        for m, method in enumerate(study.shown)
    ]  # fmt: skip
    bar = {
        "type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": study.settings.within, "y1": study.settings.within,
        "line": {"color": "@good", "width": 1.2, "dash": "dash"},
    }  # fmt: skip
    layout = {
        "xaxis": {"title": said("report.horizon.steps"), "dtick": max(1, -(-own[STEP].nunique() // 14))},
        "yaxis": {"title": said("report.short.wape"), "tickformat": ".0%", "rangemode": "tozero"},
        "shapes": [bar],
        "hovermode": "x unified",
    }
    choices = [
        Choice("cell", said("report.horizon.what"), cells, groups),
        Choice("role", said("report.horizon.folds"), list(dict.fromkeys(roles))),
    ]
    note = said("report.horizon.note", bar=said.percent(study.settings.within, 0))
    return figure(said("report.horizon.caption"), traces, layout, note, 400, choices, arrays)


def _apart(cells: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """The segments of all levels, by level and segment."""
    parts = cells[cells[SEGMENT] != ""].groupby([LEVEL, SEGMENT], observed=True)
    return [((str(level), str(segment)), part) for (level, segment), part in parts]
