"""The life cycle: how large each segment is now, what it was made of over time, and where customers went."""

from __future__ import annotations

import math

from forecastlab.page import Cell, Column, Html, table, tag
from forecastlab.page.markup import joined, short
from forecastlab.schema.names import ANONYMOUS, DS, SEGMENT
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene
from forecastlab.task.segment_pages import moves, over_time


def section(told: Told, scene: Scene) -> Html:
    """Segments in the last counted period, their shares of the customers over time, and the matrix of moves."""
    said, composition = scene.said, told.tables["composition"]
    matrix = told.tables["migration"].set_index("from")
    went = moves(matrix, said, said("profile.lifecycle.moves", n=said.number(told.figures["periods"])))
    parts = [_sizes(told, scene), over_time(composition[composition[SEGMENT] != ANONYMOUS], said, "customers")]
    return joined(*parts, tag("h3", said("profile.lifecycle.migration")) if went else "", went or "")


def _sizes(told: Told, scene: Scene) -> Html:
    said, composition = scene.said, told.tables["composition"]
    known = composition[composition["customers"].notna() & (composition[SEGMENT] != ANONYMOUS)]
    last = known[known[DS] == known[DS].max()]
    people = float(last["customers"].sum())
    columns = [
        Column(said("report.segments.segment")),
        Column(said("report.segments.customers"), "number", said("report.segments.customers_note")),
        Column(said("profile.lifecycle.of_customers"), "number"),
        Column(said("report.segments.buyers"), "number", said("report.segments.buyers_note")),
        Column(said("profile.lifecycle.of_money"), "number"),
    ]
    rows: list[list[Cell | str]] = [
        [
            tag("bdi", scene.segment(short(str(row[SEGMENT])))),
            scene.count(row["customers"]),
            scene.share(row["customers"] / people if people else float("nan"), warm=True),
            scene.count(row["buyers"]),
            scene.share(row["share"], warm=True) if math.isfinite(row["share"]) else scene.hidden,
        ]
        for _, row in last.sort_values("customers", ascending=False, kind="stable").iterrows()
    ]
    return table(columns, rows, said, said("profile.lifecycle.caption", day=said.date(last[DS].max())))
