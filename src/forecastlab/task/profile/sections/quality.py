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
    ]
    rows: list[list[Cell | str]] = []
    for dimension, good, of, share in told.tables["shares"].itertuples(index=False, name=None):
        cells = [Cell(said.quality(share), float(share), "good" if share == 1 else ""), scene.count(good)]
        rows.append([tag("b", said(f"profile.quality.names.{dimension}")), *cells, scene.count(of)])
    accuracy = told.figures["accuracy"]
    cells = [Cell(said.quality(accuracy), accuracy, "best"), Cell(""), Cell("")]
    rows.append([tag("b", said("profile.quality.names.accuracy")), *cells])
    return joined(table(columns, rows, said), _measured(told, scene))


def _measured(told: Told, scene: Scene) -> Html:
    """The formula of each share in words; beside the figures they would make the rows of a phone very high."""
    said = scene.said
    kind = "panel." if scene.facts.kind == "panel" else ""
    keys = {str(dimension): f"profile.quality.{kind}{dimension}" for dimension in told.tables["shares"]["dimension"]}
    given = {"fields": told.words["fields"], "until": said.date(told.words["until"])}
    lines = [
        tag("li", tag("strong", said(f"profile.quality.names.{dimension}")), ": ", said(key, **given))
        for dimension, key in {**keys, "accuracy": "profile.quality.accuracy"}.items()
    ]
    return tag(
        "details", tag("summary", said("profile.quality.measured")), tag("ul", *lines, class_="notes"), open=True
    )


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
