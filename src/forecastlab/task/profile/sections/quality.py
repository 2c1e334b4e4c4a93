"""Data quality: the five shares with what they are measured on, what is wrong, and how full the fields are."""

from __future__ import annotations

import math

from forecastlab.page import Cell, Column, Html, name, table, tag
from forecastlab.page.markup import joined
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene

BAD = 0.01
"""From this share on a fault stands out."""


def section(told: Told, scene: Scene) -> Html:
    """Three tables: shares, faults, fields."""
    said = scene.said
    parts = [_shares(told, scene), _faults(told, scene)]
    if len(told.tables["fields"]):
        parts.append(_fields(told, scene))
    if told.figures["alike"]:
        parts.append(tag("p", said("profile.quality.alike", n=said.number(told.figures["alike"])), class_="note"))
    return joined(*parts)


def _shares(told: Told, scene: Scene) -> Html:
    said = scene.said
    columns = [
        Column(said("profile.quality.dimension")),
        Column(said("profile.quality.share"), "number"),
        Column(said("profile.quality.good"), "number"),
        Column(said("profile.quality.of"), "number"),
        Column(said("profile.quality.meaning")),
    ]
    rows: list[list[Cell | str]] = []
    for dimension, good, of, share in told.tables["shares"].itertuples(index=False, name=None):
        tone = "good" if share == 1 else ""
        cells = [Cell(said.quality(share), float(share), tone), scene.count(good), scene.count(of)]
        key = f"profile.quality.{'panel.' if scene.facts.kind == 'panel' else ''}{dimension}"
        words = said(key, fields=told.words["fields"], until=said.date(told.words["until"]))
        rows.append([tag("b", said(f"profile.quality.names.{dimension}")), *cells, words])
    accuracy = told.figures["accuracy"]
    cells = [Cell(said.quality(accuracy), accuracy, "best"), Cell(""), Cell("")]
    rows.append([tag("b", said("profile.quality.names.accuracy")), *cells, said("profile.quality.accuracy")])
    return table(columns, rows, said)


def _faults(told: Told, scene: Scene) -> Html:
    said, faults = scene.said, told.tables["faults"]
    found = faults[faults["n"] > 0]
    if not len(found):
        return tag("p", said("profile.quality.faultless"))
    columns = [
        Column(said("profile.quality.fault")),
        Column(said("profile.quality.dimension")),
        Column(said("profile.quality.n"), "number"),
        Column(said("profile.quality.of"), "number"),
        Column(said("profile.quality.part"), "number"),
    ]
    rows: list[list[Cell | str]] = [
        [
            scene.phrase(str(fault)),
            said(f"profile.quality.names.{dimension}"),
            scene.count(n),
            scene.count(of),
            Cell(said("profile.quality.under") if n / of < 5e-5 else said.percent(n / of, 2), n / of, tone(n / of)),
        ]
        for dimension, fault, n, of in found.itertuples(index=False, name=None)
    ]
    return joined(tag("h3", said("profile.quality.faults")), table(columns, rows, said))


def tone(share: float) -> str:
    """How a share of what is wrong looks."""
    return "warning" if share > BAD else ""


def _fields(told: Told, scene: Scene) -> Html:
    said = scene.said
    wanted = told.words["fields"].split(", ")
    columns = [
        Column(said("profile.quality.field")),
        Column(said("profile.quality.filled"), "number"),
        Column(said("profile.quality.counts"), "text", said("profile.quality.counts_note")),
    ]
    rows: list[list[Cell | str]] = [
        [
            name(field),
            Cell(said.quality(n / of if of else math.nan), n / of if of else math.nan),
            said(f"profile.quality.{'counted' if field in wanted else 'told'}"),
        ]
        for field, n, of in told.tables["fields"].itertuples(index=False, name=None)
    ]
    return joined(tag("h3", said("profile.quality.fields")), table(columns, rows, said))
