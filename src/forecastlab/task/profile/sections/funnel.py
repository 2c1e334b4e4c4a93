"""The funnel: how many came how far, and where most are lost."""

from __future__ import annotations

import math

from forecastlab.page import Cell, Column, Html, figure, table, tag
from forecastlab.page.markup import joined
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene


def section(told: Told, scene: Scene) -> Html:
    """Bars of the steps, and a table with what is lost at each."""
    said, steps = scene.said, told.tables["steps"]
    names = [step_name(str(step), scene) for step in steps["step"]]
    trace = {
        "type": "bar", "orientation": "h", "y": names, "x": [float(x) for x in steps["entries"]],
        "marker": {"color": "@c0"}, "text": [said.percent(x) for x in steps["of_all"]], "textposition": "auto",
        "hovertemplate": "%{y}: %{x:,}<extra></extra>",
    }  # fmt: skip
    layout = {
        "yaxis": {"autorange": "reversed", "automargin": True},
        "xaxis": {"rangemode": "tozero"},
        "showlegend": False,
    }
    drawn = figure(said("profile.funnel.figure"), [trace], layout, height=120 + 55 * len(names))
    columns = [
        Column(said("profile.funnel.step")),
        Column(said("profile.funnel.entries"), "number", said("profile.funnel.entries_note")),
        Column(said("profile.funnel.customers"), "number"),
        Column(said("profile.funnel.of_all"), "number"),
        Column(said("profile.funnel.lost"), "number", said("profile.funnel.lost_note")),
        Column(said("profile.funnel.lost_share"), "number"),
        Column(said("profile.funnel.days"), "number", said("profile.funnel.days_note")),
    ]
    rows: list[list[Cell | str]] = []
    before = math.nan
    for label, row in zip(names, steps.to_dict("records"), strict=True):
        lost = before - row["entries"]
        rest = [scene.share(row["of_all"], warm=True), scene.count(lost), scene.share(1 - row["of_before"])]
        rows.append(
            [label, scene.count(row["entries"]), scene.count(row["customers"]), *rest, scene.count(row["days"])]
        )
        before = float(row["entries"])
    words = said("profile.funnel.within", days=said.number(told.figures["within"]))
    young = said("profile.funnel.young", n=said.number(told.figures["young"])) if told.figures["young"] else ""
    return joined(drawn, table(columns, rows, said), tag("p", f"{words} {young}".rstrip(), class_="note"))


def step_name(step: str, scene: Scene) -> str:
    """A step in words where the dictionary has them: of a table that every dataset may have, or of a purchase."""
    table, _, kind = step.partition(".")
    words = scene.said.known("profile.funnel.steps", table)
    return f"{words}: {kind}" if kind else words
