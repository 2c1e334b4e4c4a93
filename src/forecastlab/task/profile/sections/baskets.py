"""Baskets: how large they are, and which goods lie in them together."""

from __future__ import annotations

from forecastlab.page import Cell, Column, Html, figure, name, table, tag
from forecastlab.page.markup import joined
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene


def section(told: Told, scene: Scene) -> Html:
    """Bars of the sizes with the money, and the strongest pairs."""
    said, figures = scene.said, told.figures
    words = said(
        "profile.baskets.words",
        n=said.number(figures["baskets"]),
        lines=said.number(figures["lines"] / figures["baskets"], 1),
        money=said.number(figures["cents"] / figures["baskets"] / 100, 2),
        unit=scene.facts.unit,
    )
    return joined(tag("p", words.replace(" .", ".")), _sizes(told, scene), _pairs(told, scene))


def _sizes(told: Told, scene: Scene) -> Html:
    said, sizes = scene.said, told.tables["sizes"]
    labels = [scene.between(2**size, 2 ** (size + 1) - 1) for size in sizes["size"]]
    bars = [
        ("baskets", "@c0", sizes["baskets"] / sizes["baskets"].sum()),
        ("cents", "@c1", sizes["cents"] / sizes["cents"].sum()),
    ]
    traces = [
        {
            "type": "bar", "name": said(f"profile.baskets.of.{key}"), "x": labels, "y": [float(x) for x in shares],
            "marker": {"color": colour}, "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
        }
        for key, colour, shares in bars
    ]  # fmt: skip
    layout = {
        "yaxis": {"tickformat": ".0%"},
        "xaxis": {"title": said("profile.baskets.lines"), "type": "category"},
        "showlegend": True,
        "barmode": "group",
    }
    return figure(said("profile.baskets.sizes"), traces, layout, height=320)


def _pairs(told: Told, scene: Scene) -> Html:
    said = scene.said
    if "pairs" not in told.tables or not len(told.tables["pairs"]):
        why = "no_pairs" if told.words["items"] else "no_items"
        return tag("p", said(f"profile.baskets.{why}"), class_="note")
    columns = [
        Column(said("profile.baskets.item")),
        Column(said("profile.baskets.other")),
        Column(said("profile.baskets.together"), "number"),
        Column(said("profile.baskets.support"), "number", said("profile.baskets.support_note")),
        Column(said("profile.baskets.confidence"), "number", said("profile.baskets.confidence_note")),
        Column(said("profile.baskets.lift"), "number", said("profile.baskets.lift_note")),
    ]
    rows: list[list[Cell | str]] = [
        [
            name(row["item"]),
            name(row["other"]),
            scene.count(row["together"]),
            Cell(said.percent(row["support"], 2), float(row["support"])),
            scene.share(row["confidence"], warm=True),
            Cell(said.number(row["lift"], 2), float(row["lift"])),
        ]
        for row in told.tables["pairs"].to_dict("records")
    ]
    caption = said("profile.baskets.pairs_caption", items=told.words["items"])
    return joined(tag("h3", said("profile.baskets.pairs")), table(columns, rows, said, caption))
