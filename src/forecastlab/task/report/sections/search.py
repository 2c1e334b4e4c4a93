"""Methods whose values a search found: how much of their gain was luck."""

from __future__ import annotations

import math

from forecastlab.page import Cell, Column, Html, name, table
from forecastlab.schema.names import SELECT, TEST
from forecastlab.task.report.study import Study


def section(study: Study) -> Html | None:
    """Each tuned method beside its default: what the folds that chose say, and those that did not."""
    said = study.said
    tuned = [method for method in study.methods if method in study.searches]
    if not tuned:
        return None
    columns = [
        Column(said("report.method")),
        Column(said("report.search.trials"), "number"),
        Column(said("report.select"), "number", said("report.select_note")),
        Column(said("report.test"), "number", said("report.test_note")),
        Column(said("report.search.optimism"), "number", said("report.search.optimism_note")),
        Column(said("report.search.default")),
        Column(said("report.search.excess"), "number", said("report.search.excess_note")),
    ]
    rows = []
    for method in tuned:
        select, test = _figures(study, method)
        default = _default(study, method)
        base = _figures(study, default) if default else (math.nan, math.nan)
        excess = (test - select) - (base[1] - base[0])
        trials = study.searches[method].trials
        rows.append(
            [
                Cell(name(method)),
                Cell(said.number(trials), float(trials)),
                Cell(study.figure(select), select),
                Cell(study.figure(test), test),
                Cell(study.difference(test - select), test - select),
                Cell(name(default) if default else ""),
                Cell(study.difference(excess), excess, "bad" if excess > 0 else ""),
            ]
        )
    return table(columns, rows, said)


def _figures(study: Study, method: str) -> tuple[float, float]:
    table, metric = study.board.table, study.board.metric
    row = table[table["method"] == method]
    return float(row[f"{metric}.{SELECT}"].iloc[0]), float(row[f"{metric}.{TEST}"].iloc[0])


def _default(study: Study, method: str) -> str:
    """The run of the same choices whose every override the tuned run has, too: where its search began; or none."""
    facts = study.outcomes[method].facts
    found = [
        other
        for other in study.methods
        if other not in study.searches
        and study.outcomes[other].facts.choices == facts.choices
        and set(study.outcomes[other].facts.overrides) <= set(facts.overrides)
    ]
    return max(found, key=lambda other: len(study.outcomes[other].facts.overrides), default="")
