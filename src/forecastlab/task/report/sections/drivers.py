"""What the methods learnt of drivers, and what would be otherwise under other assumptions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.page import Cell, Column, Html, name, switch, table, tag, whisker
from forecastlab.page.markup import joined, short
from forecastlab.schema.names import LEVEL, SERIES, YHAT
from forecastlab.task.report.cells import records
from forecastlab.task.report.study import Study

ROWS = 60
"""Coefficients of a method at most, those of the largest series first."""


COLUMNS = [SERIES, "driver", "coefficient", "low", "high", "elasticity", "elasticity_low", "elasticity_high", "model"]
"""What a table of coefficients shows; a method of customers knows no elasticities."""


def section(study: Study) -> Html | None:
    """Coefficients and elasticities with intervals, by method; then the what-ifs of all methods."""
    said = study.said
    learnt = [(m, study.outcomes[m].effects) for m in study.methods if len(study.outcomes[m].effects)]
    panels = [
        (short(method), tell(study, method, effects))
        for method, effects in learnt[: study.settings.methods]
        for column, tell in (("coefficient", _effects), ("term", _terms))
        if column in effects
    ]
    parts = (
        [switch(said("report.method"), panels), tag("p", said("report.drivers.note"), class_="note")] if panels else []
    )
    changed = _what_if(study)
    return joined(*parts, changed) if parts or changed else None


def _effects(study: Study, method: str, effects: pd.DataFrame) -> Html:
    said = study.said
    rows = _together(study, method, effects)
    shown = rows.head(ROWS)
    ends = shown[["elasticity_low", "elasticity_high"]].abs().to_numpy(float)
    ends = ends[pd.notna(ends)]
    reach = float(np.quantile(ends, 0.9)) if len(ends) else 1.0
    columns = [
        Column(said("report.drivers.driver")),
        Column(said("report.drivers.series")),
        Column(said("report.drivers.coefficient"), "number", said("report.drivers.coefficient_note")),
        Column(said("report.drivers.reach"), "number"),
    ]
    if len(ends):
        columns += [
            Column(said("report.drivers.elasticity"), "number", said("report.drivers.elasticity_note")),
            Column(said("report.drivers.drawn"), "picture"),
        ]
    cells = [_row(study, row, reach)[: len(columns)] for row in records(shown)]
    left = len(rows) - len(shown)
    more = tag("p", said("report.drivers.left", n=said.number(left)), class_="note") if left else Html("")
    return joined(table(columns, cells, said, rows_shown=20), more)


def _together(study: Study, method: str, effects: pd.DataFrame) -> pd.DataFrame:
    """What a pooled model learnt once for many series, once; then the others, those of the largest series first."""
    forecasts = study.outcomes[method].forecasts
    money = forecasts["y"].abs().groupby(forecasts[SERIES]).sum()
    rows = effects.reindex(columns=COLUMNS).assign(money=effects[SERIES].map(money).fillna(np.inf), many=1)
    same = ["driver", "coefficient", "low", "high", "model"]
    rows["many"] = rows.groupby(same, dropna=False)["many"].transform("sum")
    once = rows[(rows["many"] > 1) & rows["elasticity"].isna()].drop_duplicates(same)
    apart = rows[(rows["many"] == 1) | rows["elasticity"].notna()].assign(many=1)
    return pd.concat([once, apart]).sort_values(["many", "money"], ascending=False, ignore_index=True)


def _row(study: Study, row: dict[str, Any], reach: float) -> list[Cell | str]:
    said = study.said
    sure = row["low"] > 0 or row["high"] < 0
    tone = "" if sure else "quiet"
    middle, low, high = (float(row[key]) for key in ("elasticity", "elasticity_low", "elasticity_high"))
    of = f" ({row['model']})" if isinstance(row["model"], str) and row["model"] else ""
    series = name(f"{row[SERIES]}{of}") if row["many"] == 1 else said.count("report.series", int(row["many"]))
    between = said("report.between", low=_plain(study, row["low"]), high=_plain(study, row["high"]))
    return [
        Cell(name(row["driver"])),
        Cell(series),
        Cell(_plain(study, row["coefficient"]), float(row["coefficient"]), tone),
        Cell(between, float(row["low"]), tone),
        Cell(said.number(middle, 2, signed=True), middle, tone),
        Cell(whisker(middle, low, high, (-reach, reach), 0.0, "good" if sure else "quiet")),
    ]


def _terms(study: Study, method: str, effects: pd.DataFrame) -> Html:
    """How much each feature moves the scores of customers, whichever way, and on the whole."""
    said = study.said
    terms = effects.assign(size=effects["term"].abs()).groupby("driver", observed=True)
    sizes = terms[["size", "term"]].mean().assign(n=terms.size()).sort_values("size", ascending=False, kind="stable")
    columns = [
        Column(said("report.drivers.feature")),
        Column(said("report.drivers.size"), "number", said("report.drivers.size_note")),
        Column(said("report.drivers.term"), "number", said("report.drivers.term_note")),
        Column(said("report.drivers.customers"), "number", said("report.drivers.customers_note")),
    ]
    rows = [
        [
            Cell(name(row["driver"])),
            Cell(said.number(row["size"], 2), float(row["size"])),
            Cell(said.number(row["term"], 2, signed=True), float(row["term"])),
            Cell(said.number(row["n"]), float(row["n"])),
        ]
        for row in records(sizes.reset_index())
    ]
    return table(columns, rows, said, rows_shown=20)


def _plain(study: Study, value: float) -> str:
    digits = 0 if abs(value) >= 100 else 2 if abs(value) >= 1 else 4
    return study.said.number(value, digits, signed=True)


def _what_if(study: Study) -> Html:
    """How much each assumption changes the forecast of the ranked level after the last cutoff."""
    said = study.said
    rows = []
    for method in study.methods:
        outcome = study.outcomes[method]
        if not len(outcome.what_if):
            continue
        last = outcome.forecasts[outcome.forecasts[LEVEL] == study.board.level]
        own = outcome.what_if[outcome.what_if[SERIES].isin(last[SERIES].unique())]
        for scenario, part in own.groupby("scenario", sort=False):
            base, now = float(part["base"].sum()), float(part[YHAT].sum())
            change = now / base - 1 if base else math.nan
            rows.append(
                [
                    Cell(name(scenario)),
                    Cell(name(method)),
                    Cell(study.money(base), base),
                    Cell(study.money(now), now),
                    Cell(said.percent(change, 1, signed=True), change),
                ]
            )
    if not rows:
        return Html("")
    keys = (("scenario", "text"), ("method", "text"), ("base", "number"), ("changed", "number"), ("change", "number"))
    columns = [Column(said(f"report.what_if.{key}"), kind) for key, kind in keys]  # type: ignore[arg-type]
    note = tag("p", said("report.what_if.note"), class_="note")
    caption = said("report.what_if.caption", level=study.level(study.board.level))
    return joined(tag("h3", said("report.what_if.title")), table(columns, rows, said, caption), note)
