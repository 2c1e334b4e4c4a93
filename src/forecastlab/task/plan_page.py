"""The page of a department's plan: the table that was written, sortable, and its largest rows as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab import __version__
from forecastlab.page import Cell, Column, Html, Section, Texts, document, figure, name, table, tag, texts
from forecastlab.schema import Plan

SHARES = ("change", "change_low", "change_high", "share")
"""Columns of plans that are shares."""
DRAWN = {"sales_plan": ("plan", "low", "high"), "product_review": ("foretold", "low", "high")}
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
    notes = tag("ul", *(tag("li", note) for note in plan.notes))
    sections = [
        *([Section("picture", said("plan.picture"), said("plan.picture_lead"), drawn)] if drawn else []),
        Section("table", said("plan.table"), said("plan.table_lead"), _table(plan.table, said)),
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
        shown = said.percent(number, signed=column != "share") if column in SHARES else said.number(number)
        return Cell(shown, number)
    return Cell(name(value), str(value))


def _drawn(preset: str, frame: pd.DataFrame, said: Texts) -> Html | None:
    """Middle and interval of the largest rows; the parts of a stock side by side; nothing for other plans."""
    if preset == "stock_plan":
        head = frame.head(MOST)
        labels = _labels(head)
        traces: list[dict[str, Any]] = [
            {"type": "bar", "name": _word(column, said), "x": labels, "y": head[column].tolist()}
            | {"marker": {"color": colour}}
            for column, colour in (("demand", "@c0"), ("safety_stock", "@c1"))
        ]
        return figure(said("plan.title.stock_plan"), traces, {"barmode": "stack", "showlegend": True})
    if preset not in DRAWN:
        return None
    middle, low, high = DRAWN[preset]
    head = frame[frame["period"] == frame["period"].min()] if "period" in frame else frame
    head = head.sort_values(middle, ascending=False).head(MOST)
    reach = {"type": "data", "array": (head[high] - head[middle]).tolist(), "symmetric": False}
    reach["arrayminus"] = (head[middle] - head[low]).tolist()
    trace: dict[str, Any] = {"type": "scatter", "mode": "markers", "name": _word(middle, said), "x": _labels(head)}
    trace |= {"y": head[middle].tolist(), "error_y": reach, "marker": {"color": "@c0", "size": 9}}
    traces = [trace]
    if "before" in head:
        before: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "name": _word("before", said),
            "x": _labels(head),
        }
        traces.append(before | {"y": head["before"].tolist(), "marker": {"color": "@muted", "symbol": "line-ew-open"}})
    return figure(said(f"plan.title.{preset}"), traces, {"showlegend": True, "yaxis": {"rangemode": "tozero"}})


def _labels(frame: pd.DataFrame) -> list[str]:
    """What a row is of: its text columns, joined."""
    words = frame.select_dtypes(exclude=["number", "datetime"]).drop(columns=["verdict"], errors="ignore")
    return [" · ".join(map(str, row)) for row in words.itertuples(index=False, name=None)]


def _word(column: str, said: Texts) -> str:
    """A column in words; one of the data by its own name."""
    key = f"plan.column.{column}"
    return said(key) if said.has(key) else column
