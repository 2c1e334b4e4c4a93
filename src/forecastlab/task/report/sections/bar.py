"""The business bar: for every level, segment and step ahead, whether the forecast is good enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from forecastlab.page import Cell, Column, Html, switch, table, tag
from forecastlab.page.markup import joined, short
from forecastlab.schema.names import LEVEL, SEGMENT, SELECT, STEP
from forecastlab.task.report.cells import pooled, records, steps
from forecastlab.task.report.study import Study

MOST = 5
"""Methods that have a table of their own: each has a figure for every cell."""

CELLS = 250
"""Rows of such a table, the largest segments first."""


def section(study: Study) -> Html | None:
    """A table for each of the first methods: WAPE of every cell beside the naive method's, and money forecast well."""
    if not study.adds_up:
        return None
    methods = study.shown[:MOST]
    order = _order(study)
    ranges = steps(list(study.cells[STEP].unique()))
    found = study.cells.assign(steps=study.cells[STEP].map(ranges))
    words = list(dict.fromkeys(ranges.values()))
    figures = _Figures(_cut(found, ["role", "method"]), _cut(found, ["role", "method", "steps"]), words[1:] and words)
    panels = [(short(method), _table(study, method, order, figures)) for method in methods]
    bar = study.said.percent(study.settings.within, 0)
    role = study.said(f"report.roles.{study.judged}")
    notes = [tag("p", study.said("report.bar.note", bar=bar, role=role), class_="note")]
    left = len(study.shown) - len(methods)
    if left > 0:
        notes.append(tag("p", study.said("report.bar.left", n=study.said.number(left)), class_="note"))
    return joined(switch(study.said("report.method"), panels), *notes)


@dataclass(frozen=True)
class _Figures:
    """Figures by level, segment, role and method, the same by step, and how the steps are called if there are many."""

    whole: dict[tuple[str, ...], dict[str, float]]
    by_step: dict[tuple[str, ...], dict[str, float]]
    steps: list[str]

    def wape(self, *key: str) -> float:
        """The error of a cell; NaN where nothing was sold or foretold."""
        return (self.by_step if len(key) == 5 else self.whole).get(key, {}).get("wape", math.nan)


def _order(study: Study) -> list[tuple[str, str]]:
    """Levels in their order, each followed by its segments, the ones with the most money first."""
    cells = study.cells[(study.cells["method"] == study.methods[0]) & study.cells[LEVEL].isin(study.levels)]
    money = cells.groupby([LEVEL, SEGMENT], observed=True)["weight"].sum()
    found: list[tuple[str, str]] = []
    for level in study.levels:
        own = money.xs(level, level=LEVEL)
        own = own[own.index != ""].sort_values(ascending=False, kind="stable")
        found += [(level, ""), *((level, str(segment)) for segment in own.index)]
    return found[:CELLS]


def _table(study: Study, method: str, order: list[tuple[str, str]], figures: _Figures) -> Html:
    said, role = study.said, study.judged
    bar = said.percent(study.settings.within, 0)
    other = [SELECT] if role != SELECT else []
    columns = [
        Column(said("report.bar.cell")),
        Column(said("report.bar.money"), "number", said("report.bar.money_note")),
        Column(said("report.bar.all"), "number", said(f"report.{role}_note")),
        *(Column(said("report.bar.step", step=word), "number") for word in figures.steps),
        Column(said("report.bar.naive", naive=study.naive), "number", said("report.bar.naive_note")),
        *(Column(said("report.select"), "number", said("report.select_note")) for _ in other),
        Column(said("report.bar.near", bar=bar), "number", said("report.bar.near_note")),
    ]
    rows = []
    for cell in order:
        own = figures.whole.get((*cell, role, method))
        if own is None:
            continue
        inner = tag("bdi", study.segment(short(cell[1])), class_="inner")
        beside = [figures.wape(*cell, role, study.naive), *(figures.wape(*cell, each, method) for each in other)]
        rows.append(
            [
                Cell(inner if cell[1] else tag("b", study.level(cell[0]))),
                Cell(study.money(own["weight"]), own["weight"]),
                _figure(study, own["wape"]),
                *(_figure(study, figures.wape(*cell, role, method, word)) for word in figures.steps),
                *(Cell(said.percent(wape), wape) for wape in beside),
                Cell(said.percent(own["share"], 0), own["share"]),
            ]
        )
    return table(columns, rows, said, rows_shown=40)


def _cut(found: pd.DataFrame, also: list[str]) -> dict[tuple[str, ...], dict[str, float]]:
    """Figures of each level as a whole and of each of its segments, by level, segment and the further cuts."""
    by = [LEVEL, SEGMENT, *also]
    levels, segments = pooled(found.assign(**{SEGMENT: ""}), by), pooled(found[found[SEGMENT] != ""], by)
    rows = records(pd.concat([levels, segments], ignore_index=True))
    return {
        tuple(row[key] for key in by): {key: float(row[key]) for key in ("weight", "wape", "share")} for row in rows
    }


def _figure(study: Study, wape: float) -> Cell:
    """A figure with its judgement: a mark beside the colour, for those who do not see it."""
    if math.isnan(wape):
        return Cell(study.said.percent(wape), math.nan)
    good = wape <= study.settings.within
    return Cell(f"{study.said.percent(wape)} {'✓' if good else '✗'}", float(wape), "good" if good else "bad")
