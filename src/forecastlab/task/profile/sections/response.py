"""Prices and promotions: how sales went along with them. A correlation, not what a price would cause."""

from __future__ import annotations

import math

from forecastlab.page import Cell, Column, Html, name, table, tag, whisker
from forecastlab.page.markup import joined
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene


def section(told: Told, scene: Scene) -> Html:
    """Elasticities in one table, effects of promotions and other drivers in another."""
    said, effects = scene.said, told.tables["effects"]
    prices = effects[effects["form"] == "elasticity"]
    others = effects[effects["form"] != "elasticity"]
    parts = [tag("p", tag("strong", said("profile.response.warning")))]
    if len(prices):
        parts += [_table(prices.to_dict("records"), scene, "elasticity", said("profile.response.elasticities"))]
    if len(others):
        parts += [_table(others.to_dict("records"), scene, "lift", said("profile.response.lifts"))]
    else:
        parts += [tag("p", said("profile.response.no_drivers"), class_="note")]
    return joined(*parts)


def _table(rows: list[dict[object, object]], scene: Scene, form: str, caption: str) -> Html:
    said = scene.said
    figures = [_figures(row, form) for row in rows]
    ends = sorted(abs(x) for three in figures for x in three if math.isfinite(x))
    reach = ends[min(len(ends) - 1, int(0.95 * len(ends)))] if ends else 1.0
    columns = [
        Column(said("profile.response.group")),
        Column(said("profile.response.column")),
        Column(said(f"profile.response.{form}"), "number", said(f"profile.response.{form}_note")),
        Column(said("profile.response.interval"), "number"),
        Column("", "picture"),
        Column(said("profile.response.n"), "number"),
    ]
    if form == "lift":
        columns.insert(2, Column(said("profile.response.per"), "number", said("profile.response.per_note")))
        columns.append(Column(said("profile.response.share"), "number", said("profile.response.share_note")))
    body: list[list[Cell | str]] = []
    for row, (middle, low, high) in zip(rows, figures, strict=True):
        sure = low > 0 or high < 0
        shown = [
            said.number(x, 2, signed=True) if form == "elasticity" else said.percent(x, 1, signed=True)
            for x in (middle, low, high)
        ]
        cells: list[Cell | str] = [
            name(row["group"] or said("profile.response.all")),
            name(row["column"] if row["source"] == "log" else f"{row['source']}.{row['column']}"),
            Cell(shown[0], middle),
            Cell(said("report.between", low=shown[1], high=shown[2]), low),
            Cell(whisker(middle, low, high, (-reach, reach), 0.0, "" if sure else "quiet")),
            scene.count(float(str(row["n"]))),
        ]
        if form == "lift":
            per = float(str(row["per"]))
            cells.insert(2, Cell(said.number(per, 0 if per == 1 else 2, signed=True), per))
            cells.append(scene.share(float(str(row["share"]))))
        body.append(cells)
    return table(columns, body, said, caption)


def _figures(row: dict[object, object], form: str) -> tuple[float, float, float]:
    three = tuple(float(str(row[key])) for key in ("effect", "low", "high"))
    if form == "lift":
        three = tuple(math.expm1(min(x * float(str(row["per"])), 20.0)) for x in three)
    middle, low, high = three
    return middle, low, high
