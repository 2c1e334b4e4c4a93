"""How money and customers are distributed over each dimension: region, channel, age and the like."""

from __future__ import annotations

import pandas as pd

from forecastlab.page import Cell, Column, Html, name, switch, table, tag
from forecastlab.page.markup import joined
from forecastlab.page.table import heat
from forecastlab.schema.names import UNKNOWN
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene

MOST = 15
"""Values of a dimension that are shown: those with the most money."""


def section(told: Told, scene: Scene) -> Html:
    """A table for each dimension, traits of customers first."""
    said, values = scene.said, told.tables["values"]
    order = told.tables["dimensions"].sort_values("personal", ascending=False, kind="stable")
    panels = []
    for dimension, personal in zip(order["dimension"], order["personal"], strict=True):
        own = values[values["dimension"] == dimension]
        kind = said("profile.distribution.personal" if personal else "profile.distribution.of_purchases")
        panels.append((f"{dimension} ({kind})", _one(own, scene)))
    return switch(said("profile.distribution.dimension"), panels)


def _one(own: pd.DataFrame, scene: Scene) -> Html:
    said = scene.said
    money, lines = float(own["cents"].sum()), float(own["lines"].sum())
    columns = [
        Column(said("profile.distribution.value")),
        Column(said("profile.distribution.customers"), "number"),
        Column(said("profile.distribution.lines"), "number"),
        Column(said("profile.distribution.of_lines"), "number"),
        Column(said("profile.distribution.money") + scene.unit, "number"),
        Column(said("profile.distribution.of_money"), "number"),
    ]
    rows: list[list[Cell | str]] = []
    for row in own.head(MOST).to_dict("records"):
        share = row["cents"] / money if money else float("nan")
        value = said("profile.distribution.unknown") if row["value"] == UNKNOWN else name(row["value"])
        cents = [scene.money(row["cents"]), Cell(said.percent(share), share, heat(share))]
        if pd.isna(row["cents"]):
            cents = [scene.hidden, scene.hidden]
        counts = [scene.count(row["customers"]), scene.count(row["lines"]), scene.share(row["lines"] / lines)]
        rows.append([value, *counts, *cents])
    left = len(own) - MOST
    more = tag("p", said("profile.distribution.left", n=said.number(left)), class_="note") if left > 0 else Html("")
    return joined(table(columns, rows, said), more)
