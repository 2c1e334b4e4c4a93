"""The page of a department's plan: the table that was written, sortable, and its largest rows as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab import __version__
from forecastlab.page import Cell, Choice, Column, Html, Section, Texts, document, figure, name, table, tag, texts
from forecastlab.schema import Plan, names
from forecastlab.task.report.phrases import translated

SHARES = ("change", "change_low", "change_high", "share", "probability")
"""Columns of plans that are shares."""
CHANGES = ("change", "change_low", "change_high")
"""Those that are shown with their sign."""
CENTS = ("budget", "value")
"""Columns of money for single customers, shown to the cent."""
SHOWN = 500
"""Rows of the table on the page: a list of all customers belongs into a file."""
DRAWN = {"sales_plan": ("plan", "low", "high"), "product_review": ("foretold", "low", "high")}
BEFORE = {"color": "@c1", "symbol": "diamond-open", "size": 10, "line": {"width": 2}}
"""How the past is marked beside a plan."""
MOST = 15
"""Rows of a picture: more cannot be read."""


def write_plan_page(preset: str, plan: Plan, about: Mapping[str, Any], path: Path, language: str) -> Path:
    """Write the page of a plan, whole or not at all; ``about`` is what the prediction says of itself."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(page_of(preset, plan, about, texts(language)), encoding="utf-8")
    part.replace(path)
    return path


def page_of(preset: str, plan: Plan, about: Mapping[str, Any], said: Texts) -> str:
    """The page as HTML."""
    key = f"plan.title.{preset}"
    title = said(key) if said.has(key) else preset
    opening = tag(
        "p", said("plan.opening", model=about["name"], version=about["version"], day=said.date(about["cutoff"]))
    )
    drawn = _drawn(preset, plan.table, said)
    lead = "plan.picture_course" if _by_period(plan.table) else "plan.picture_lead"
    lead = "plan.picture_rules" if "rule" in plan.table else lead
    notes = tag("ul", *(tag("li", translated(said, note) or note) for note in plan.notes))
    shown = plan.table.head(SHOWN)
    lead_of_table = said("plan.table_lead")
    if len(plan.table) > SHOWN:
        lead_of_table += " " + said("plan.first", shown=said.number(SHOWN), n=said.number(len(plan.table)))
    sections = [
        *([Section("picture", said("plan.picture"), said(lead), drawn)] if drawn else []),
        Section("table", said("plan.table"), lead_of_table, _table(shown, said)),
        Section("notes", said("plan.notes"), "", notes),
    ]
    foot = tag("p", said("plan.foot", version=__version__))
    return document(title, opening, sections, foot, said)


def _table(frame: pd.DataFrame, said: Texts) -> Html:
    numeric = {column: pd.api.types.is_numeric_dtype(frame[column]) for column in frame.columns}
    columns = [Column(_word(str(c), said), "number" if numeric[c] else "text") for c in frame.columns]
    rows = [[_cell(str(c), value, said) for c, value in zip(frame.columns, row, strict=True)] for row in _rows(frame)]
    return table(columns, rows, said)


def _rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.itertuples(index=False, name=None))


def _cell(column: str, value: Any, said: Texts) -> Cell:
    if isinstance(value, pd.Timestamp):
        return Cell(said.date(value), f"{value:%Y-%m-%d}")
    if column == "verdict":
        tone = {"grows": "good", "declines": "bad"}.get(str(value), "quiet")
        return Cell(said(f"plan.verdict.{value}"), str(value), tone)
    if isinstance(value, (int, float, np.number)):
        number = float(value)
        if column in SHARES:
            return Cell(said.percent(number, signed=column in CHANGES), number)
        return Cell(said.number(number, 2 if column in CENTS else 0), number)
    return Cell(name(_called(column, value, said)), str(value))


def _called(column: str, value: object, said: Texts) -> str:
    """What stands in a text column, in words where it is no name of the data's own."""
    whole = said.known("plan.value", str(value))
    return said.known("report.segment", whole) if column in (names.SEGMENT, "tier") else whole


def _drawn(preset: str, frame: pd.DataFrame, said: Texts) -> Html | None:
    """Middle and interval of the largest rows; the parts of a stock side by side; nothing for other plans."""
    if preset == "stock_plan":
        head = frame.head(MOST)
        labels = _labels(head, said)
        traces: list[dict[str, Any]] = [
            {"type": "bar", "name": _word(column, said), "x": labels, "y": head[column].tolist()}
            | {"marker": {"color": colour}}
            for column, colour in (("demand", "@c0"), ("safety_stock", "@c1"))
        ]
        return figure(said("plan.title.stock_plan"), traces, {"barmode": "stack", "showlegend": True})
    if "rule" in frame:
        return _by_rule(frame, said)
    if preset not in DRAWN:
        return None
    middle, low, high = DRAWN[preset]
    if _by_period(frame):
        return _course(preset, frame, (middle, low, high), said)
    head = frame.sort_values(middle, ascending=False).head(MOST)
    reach = {"type": "data", "array": (head[high] - head[middle]).tolist(), "symmetric": False}
    reach["arrayminus"] = (head[middle] - head[low]).tolist()
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "name": _word(middle, said),
        "x": _labels(head, said),
    }
    trace |= {"y": head[middle].tolist(), "error_y": reach, "marker": {"color": "@c0", "size": 9}}
    traces = [trace]
    if "before" in head:
        before: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "name": _word("before", said),
            "x": _labels(head, said),
        }
        traces.append(before | {"y": head["before"].tolist(), "marker": BEFORE})
    return figure(said(f"plan.title.{preset}"), traces, {"showlegend": True, "yaxis": {"rangemode": "tozero"}})


def _by_rule(frame: pd.DataFrame, said: Texts) -> Html:
    """What each rule of a playbook gives away, and to how many customers."""
    sums = frame.groupby("rule", sort=False).agg(budget=("budget", "sum"), customers=("budget", "size"))
    sums = sums.sort_values("budget", ascending=False)
    words = [said("plan.of_rule", n=said.number(int(n))) for n in sums["customers"]]
    trace = {"type": "bar", "x": list(map(str, sums.index)), "y": sums["budget"].tolist(), "text": words}
    layout = {"yaxis": {"title": _word("budget", said), "rangemode": "tozero"}}
    return figure(said("plan.title.campaign_list"), [trace | {"marker": {"color": "@c0"}}], layout)


def _by_period(frame: pd.DataFrame) -> bool:
    """Whether a plan has several periods, so that it is drawn as lines."""
    return "period" in frame and frame["period"].nunique() > 1


def _course(preset: str, frame: pd.DataFrame, drawn: tuple[str, str, str], said: Texts) -> Html:
    """A plan period by period with its interval and what was before, of one group at a time, the total first."""
    arrays: dict[str, list[Any]] = {}
    groups: list[str] = []
    for label, part in frame.assign(label=_labels(frame, said)).groupby("label", sort=False):
        rows, key = part.sort_values("period"), str(len(groups))
        groups.append(str(label))
        days, (middle, low, high) = [f"{day:%Y-%m-%d}" for day in rows["period"]], (rows[c].tolist() for c in drawn)
        arrays |= {f"x/{key}": days, f"middle/{key}": middle, f"band_x/{key}": days + days[::-1]}
        arrays |= {f"band/{key}": low + high[::-1], f"before/{key}": rows["before"].tolist()}
    line: dict[str, Any] = {"type": "scatter", "mode": "lines+markers", "x": "x/{group}"}
    reach = f"{_word(drawn[1], said)} – {_word(drawn[2], said)}"
    traces: list[dict[str, Any]] = [
        {**line, "mode": "lines", "name": reach, "x": "band_x/{group}", "y": "band/{group}", "fill": "toself"}
        | {"fillcolor": "@c0/20", "line": {"width": 0}, "hoverinfo": "skip"},
        {**line, "name": _word("before", said), "y": "before/{group}", "line": {"color": "@c1", "dash": "dash"}},
        {**line, "name": _word(drawn[0], said), "y": "middle/{group}", "line": {"color": "@c0", "width": 2.5}},
    ]
    choice = Choice("group", said("plan.group"), [(str(i), label) for i, label in enumerate(groups)])
    layout = {"showlegend": True, "yaxis": {"rangemode": "tozero"}}
    return figure(said(f"plan.title.{preset}"), traces, layout, choices=[choice], arrays=arrays)


def _labels(frame: pd.DataFrame, said: Texts) -> list[str]:
    """What a row is of: its text columns in words, joined."""
    words = frame.select_dtypes(exclude=["number", "datetime"]).drop(columns=["verdict"], errors="ignore")
    return [
        " · ".join(_called(str(column), value, said) for column, value in zip(words.columns, row, strict=True))
        for row in words.itertuples(index=False, name=None)
    ]


def _word(column: str, said: Texts) -> str:
    """A column in words; one of the data by its own name."""
    return said.known("plan.column", column)
