"""The RFM map: recency by frequency, as counts, as money, and as money per customer."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.page import Cell, Column, Html, switch, table
from forecastlab.page.table import heat
from forecastlab.stages.profiling.recency_frequency import frequency_days, recency_days
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene, of_most


def section(told: Told, scene: Scene) -> Html:
    """A map for each figure: rows by days since the last purchase, columns by days with a purchase."""
    found, said = told.tables["map"], scene.said
    each = found.assign(mean=found["cents"].astype(float) / found["customers"])
    panels = [
        (said("profile.rfm.customers"), _map(each, "customers", scene, said("profile.rfm.customers_caption"))),
        (said("profile.rfm.money") + scene.unit, _map(each, "cents", scene, said("profile.rfm.money_caption"))),
        (said("profile.rfm.mean") + scene.unit, _map(each, "mean", scene, said("profile.rfm.mean_caption"))),
    ]
    return switch(said("profile.rfm.figure"), panels)


def _map(found: pd.DataFrame, figure: str, scene: Scene, caption: str) -> Html:
    said = scene.said
    places = list(zip(found["recency"].astype(int), found["frequency"].astype(int), strict=True))
    values = dict(zip(places, found[figure].astype(float), strict=True))
    warm = dict(zip(places, of_most(list(values.values())), strict=True))
    frequencies = sorted({frequency for _, frequency in places})
    columns = [Column(said("profile.rfm.recency"))]
    note = said("profile.rfm.frequency")
    columns += [Column(scene.between(*frequency_days(each)), "number", note) for each in frequencies]
    rows = []
    for recency in sorted({each for each, _ in places}):
        cells = [Cell(said("profile.rfm.days", days=scene.between(*recency_days(recency))), float(recency))]
        for place in ((recency, frequency) for frequency in frequencies):
            value = values.get(place)
            if value is None:
                cells.append(Cell("", math.nan))
            elif not math.isfinite(value):
                cells.append(scene.hidden)
            else:
                shown = said.number(value) if figure == "customers" else said.amount(value / 100)
                cells.append(Cell(shown, value, heat(math.sqrt(max(warm[place], 0.0)))))
        rows.append(cells)
    return table(columns, rows, said, caption)
