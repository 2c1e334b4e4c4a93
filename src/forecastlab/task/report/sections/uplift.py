"""What approaching customers in the order of a score adds: Qini curves, how sure they are, and tenths of the list."""

from __future__ import annotations

from typing import Any

import numpy as np

from forecastlab.page import Cell, Choice, Column, Html, figure, name, switch, table, tag, whisker
from forecastlab.page.markup import joined, short
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages import uplift
from forecastlab.task.report.study import Study
from forecastlab.uplift.bootstrap import Interval

Found = dict[str, uplift.Arms]


def section(study: Study) -> Html | None:
    """A curve per method with its figures, and the tenths of each method's list; None where nothing is of uplifts."""
    by_role = {role: _found(study, role) for role in dict.fromkeys((study.judged, SELECT, TEST))}
    by_role = {role: found for role, found in by_role.items() if found}
    if not by_role:
        return None
    role, found = next(iter(by_role.items()))
    panels = [(method, _tenths(study, arms)) for method, arms in found.items()]
    return joined(
        _curves(study, by_role),
        _figures(study, role, found),
        tag("h3", study.said("report.uplift.tenths")),
        switch(study.said("report.method"), panels),
    )


def _found(study: Study, role: str) -> Found:
    arms = {method: uplift.arms(study.outcomes[method].forecasts, role) for method in study.shown}
    return {method: each for method, each in arms.items() if each is not None}


def _curves(study: Study, by_role: dict[str, Found]) -> Html:
    """Reactions gained by how many of the list are approached, one line per method."""
    said = study.said
    arrays: dict[str, Any] = {}
    for role, found in by_role.items():
        for m, method in enumerate(study.shown):
            if method in found:
                share, gained = uplift.curve(found[method])
                arrays |= {f"x/{role}/{m}": list(share), f"y/{role}/{m}": list(gained)}
        arrays |= {f"chance/{role}": [0.0, next(iter(found.values())).average]}
    chance = {"type": "scatter", "mode": "lines", "name": said("report.uplift.chance"), "x": [0, 1],
              "y": "chance/{role}", "line": {"color": "@muted", "dash": "dash", "width": 1},
              "hoverinfo": "skip"}  # fmt: skip
    traces = [chance] + [
        {"type": "scatter", "mode": "lines", "name": short(method, 40), "x": f"x/{{role}}/{m}", "y": f"y/{{role}}/{m}",
         "line": {"color": study.colours[method], "width": 2.6 if m == 0 else 1.6},
         "hovertemplate": "%{x:.0%} → %{y:.2%}"}
        for m, method in enumerate(study.shown)
    ]  # fmt: skip
    layout = {
        "xaxis": {"tickformat": ".0%", "range": [0, 1], "title": said("report.uplift.share")},
        "yaxis": {"tickformat": ".1%", "title": said("report.uplift.gained")},
    }
    options = [(role, said(f"report.roles.{role}")) for role in by_role]
    choices = [Choice("role", said("report.horizon.folds"), options)]
    note = said("report.uplift.note")
    return figure(said("report.uplift.caption"), traces, layout, note, 420, choices, arrays)


def _figures(study: Study, role: str, found: Found) -> Html:
    """Qini coefficient, area under the uplift curve and uplift at the top of every method, with their intervals."""
    said = study.said
    sure = {method: uplift.sure(arms, study.board.alpha) for method, arms in found.items()}
    ends = [end for each in sure.values() for end in (each["qini"].low, each["qini"].high) if np.isfinite(end)]
    bounds = (min([0.0, *ends]), max([0.0, *ends]))
    reach = said("report.uplift.reach", p=said.percent(1 - study.board.alpha, 0))
    top = said("report.uplift.top", p=said.percent(uplift.SHARE, 0))
    columns = [
        Column(said("report.method")),
        *(Column(said(f"report.short.{key}"), "number") for key in ("qini",)),
        Column(reach, "picture", said("report.uplift.reach_note")),
        Column(said("report.short.auuc"), "number"),
        Column(reach),
        Column(top, "number"),
        Column(reach),
    ]
    rows = []
    for method, each in sure.items():
        qini = each["qini"]
        tone = "good" if qini.low > 0 else "bad" if qini.high < 0 else "quiet"
        drawn = whisker(qini.value, qini.low, qini.high, bounds, 0.0, tone)
        between = tag("small", _between(study, qini, False), class_="quiet")
        row: list[Cell | str] = [
            Cell(name(method)),
            Cell(said.number(qini.value, 3), qini.value),
            Cell(joined(drawn, between)),
            Cell(said.number(each["auuc"].value, 3), each["auuc"].value),
            _between(study, each["auuc"], False),
            Cell(said.percent(each["top"].value), each["top"].value),
            _between(study, each["top"], True),
        ]
        rows.append(row)
    n = next(iter(found.values()))
    caption = said(
        "report.uplift.table",
        folds=said(f"report.roles.{role}"),
        approached=said.number(float(n.treated.sum())),
        held=said.number(float((1 - n.treated).sum())),
    )
    return table(columns, rows, said, caption)


def _between(study: Study, found: Interval, shares: bool) -> str:
    said = study.said
    if not np.isfinite(found.low):
        return ""
    low, high = ((said.percent(x) if shares else said.number(x, 3)) for x in (found.low, found.high))
    return said("report.between", low=low, high=high)


def _tenths(study: Study, arms: uplift.Arms) -> Html:
    """Rates of reaction by tenths of the list: of those approached, of those held out, and what lies between them."""
    said = study.said
    keys = ("approached", "held", "came", "foretold")
    columns = [Column(said("report.uplift.tenth"), "number")]
    columns += [Column(said(f"report.uplift.{key}"), "number") for key in keys]
    rows = []
    for row in uplift.tenths(arms).to_dict("records"):
        values = [float(row[key]) for key in keys]
        tones = ["", "", "good" if values[2] > 0 else "bad", "quiet"]
        cells = [Cell(said.percent(v), v, tone) for v, tone in zip(values, tones, strict=True)]
        rows.append([Cell(said.number(row["tenth"]), float(row["tenth"])), *cells])
    return table(columns, rows, said)
