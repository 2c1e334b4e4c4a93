"""Suspicious accounts: how many customers jumped when, and the most striking ones under pseudonyms."""

from __future__ import annotations

from forecastlab.page import Cell, Column, Html, figure, name, table, tag
from forecastlab.page.markup import joined
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene


def section(told: Told, scene: Scene) -> Html:
    """The share of jumps in each period, and the list."""
    said, periods, figures = scene.said, told.tables["periods"], told.figures
    words = said(
        "profile.jumps.words",
        n=said.number(figures["jumps"]),
        looked=said.number(figures["looked"]),
        share=said.percent(figures["jumps"] / figures["looked"], 2),
        customers=said.number(figures["customers"]),
        z=said.number(figures["least"], 1),
    )
    trace = {
        "type": "bar", "x": [f"{day:%Y-%m-%d}" for day in periods["ds"]], "marker": {"color": "@c0"},
        "y": [float(x) for x in periods["jumps"]], "hovertemplate": "%{x}: %{y:,}<extra></extra>",
    }  # fmt: skip
    layout = {"showlegend": False, "yaxis": {"rangemode": "tozero"}}
    drawn = figure(said("profile.jumps.figure"), [trace], layout, height=280)
    return joined(tag("p", words), drawn, _listed(told, scene))


def _listed(told: Told, scene: Scene) -> Html:
    said, listed = scene.said, told.tables["list"]
    if not len(listed):
        return Html("")
    columns = [
        Column(said("profile.jumps.customer")),
        Column(said("profile.jumps.period")),
        Column(said("profile.jumps.money") + scene.unit, "number"),
        Column(said("profile.jumps.usual") + scene.unit, "number", said("profile.jumps.usual_note")),
        Column(said("profile.jumps.n"), "number", said("profile.jumps.n_note")),
        Column("z", "number", said("profile.jumps.z_note")),
    ]
    rows: list[list[Cell | str]] = [
        [
            name(row["unique_id"]),
            Cell(said.date(row["ds"]), f"{row['ds']:%Y-%m-%d}"),
            scene.money(row["cents"]),
            scene.money(row["usual_cents"]),
            scene.count(row["n"]),
            Cell(said.number(row["z"], 1), float(row["z"])),
        ]
        for row in listed.to_dict("records")
    ]
    return table(columns, rows, said, said("profile.jumps.caption"))
