"""How what is asked of customers drifts: who is asked at each cutoff, what came, and what each method had said."""

from __future__ import annotations

import pandas as pd

from forecastlab.page import Cell, Column, Html, figure, table
from forecastlab.page.markup import joined, short
from forecastlab.schema.names import CUTOFF, LEVEL, SEGMENT
from forecastlab.stages.customer_curves import by_cutoff
from forecastlab.stages.rounding import FEWEST
from forecastlab.task.report.study import Study

OFF = 0.25
"""How far what was foretold may be from what came, as a share of it, to count as right."""


def section(study: Study) -> Html | None:
    """A line per method over the cutoffs beside what came, and a row per cutoff with the measure that ranks."""
    # What came is no uplift, since nobody shows both outcomes; how often lists hit has a section of its own.
    if not study.of_customers or study.of in ("uplift", "items"):
        return None
    return joined(_lines(study), _rows(study))


def _shown(study: Study, method: str) -> pd.DataFrame:
    """The cutoffs with enough customers: figures of fewer could tell of one of them."""
    found = by_cutoff(study.outcomes[method].forecasts)
    return found[found["asked"] >= FEWEST]


def _lines(study: Study) -> Html:
    said = study.said
    drawn = {method: _shown(study, method) for method in study.shown}
    first = drawn[study.shown[0]]
    days = [str(day.date()) for day in first[CUTOFF]]
    traces = [
        {"type": "scatter", "mode": "lines+markers", "name": said("report.over_time.came"), "x": days,
         "y": [float(x) for x in first["came"]], "line": {"color": "@ink", "width": 2.6}, "marker": {"size": 8}}
    ]  # fmt: skip
    traces += [
        {"type": "scatter", "mode": "lines+markers", "name": short(method, 40),
         "x": [str(day.date()) for day in told[CUTOFF]], "y": [float(x) for x in told["told"]],
         "line": {"color": study.colours[method], "width": 1.6, "dash": "dot"}, "marker": {"size": 5}}
        for method, told in drawn.items()
    ]  # fmt: skip
    axis = {"title": said(f"report.over_time.mean_{study.of}"), "rangemode": "tozero"}
    layout = {
        "xaxis": {"title": said("report.over_time.cutoff")},
        "yaxis": axis | ({"tickformat": ".0%"} if study.of == "event" else {}),
        "hovermode": "x unified",
    }
    return figure(said("report.over_time.caption"), traces, layout, said("report.over_time.note"), 380)


def _rows(study: Study) -> Html:
    """A row per cutoff, of the first method."""
    said, method = study.said, study.methods[0]
    outcome = study.outcomes[method]
    scores = outcome.scores
    own = scores[(scores[LEVEL] == study.board.level) & (scores["metric"] == study.board.metric)]
    own = own[(own[SEGMENT] == "") & (own["step"] == 0) & own[CUTOFF].notna()]
    measured = dict(zip(pd.to_datetime(own[CUTOFF]), own["value"].astype(float), strict=True))
    columns = [
        Column(said("report.over_time.cutoff")),
        Column(said("report.over_time.folds")),
        Column(said("report.segments.customers"), "number", said("report.over_time.asked_note")),
        Column(said("report.over_time.came"), "number", said(f"report.over_time.mean_{study.of}")),
        Column(said("report.over_time.told"), "number", said("report.segments.of_method", method=method)),
        Column(study.metric, "number", said("report.segments.of_method", method=method)),
    ]
    told = _shown(study, method)
    days = [pd.Timestamp(day) for day in told[CUTOFF].to_numpy()]
    figures = told[["asked", "came", "told"]].to_numpy(dtype=float)
    rows = []
    for day, role, (asked, came, said_then) in zip(days, told["role"].astype(str), figures, strict=True):
        tone = "good" if abs(said_then - came) <= OFF * came else "bad"
        value = measured.get(day, float("nan"))
        rows.append(
            [
                Cell(said.date(day), str(day.date())),
                Cell(said(f"report.roles.{role}")),
                Cell(said.number(asked), asked),
                Cell(study.answer(came), came),
                Cell(study.answer(said_then), said_then, tone),
                Cell(study.figure(value), value),
            ]
        )
    return table(columns, rows, said, said("report.over_time.table", method=short(method)))
