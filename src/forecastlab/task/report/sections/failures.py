"""What failed, and what stood in for it: nothing is left out in silence."""

from __future__ import annotations

import pandas as pd

from forecastlab.page import Cell, Column, Html, name, table, tag
from forecastlab.page.markup import joined
from forecastlab.task.report.cells import records
from forecastlab.task.report.phrases import phrase
from forecastlab.task.report.study import Study


def section(study: Study) -> Html:
    """Folds without an answer, and series that fell back, counted by reason; or that there were none."""
    said = study.said
    folds, fallen = _folds(study), _fallen(study)
    if not folds and not len(fallen):
        return tag("p", said("report.failures.none"))
    parts = []
    if folds:
        keys = ("report.method", "report.failures.cutoff", "report.failures.reason")
        parts.append(table([Column(said(key)) for key in keys], folds, said, said("report.failures.folds")))
    if len(fallen):
        parts.append(_table(study, fallen))
    return joined(*parts)


def _folds(study: Study) -> list[list[Cell | str]]:
    return [
        [Cell(name(method)), Cell(study.said.date(day), day), phrase(study, why)]
        for method in study.methods
        for day, why in study.outcomes[method].facts.failed.items()
    ]


def _fallen(study: Study) -> pd.DataFrame:
    """Series and folds that fell back, by method and reason."""
    parts = [study.outcomes[m].failures.assign(method=m) for m in study.methods if len(study.outcomes[m].failures)]
    if not parts:
        return pd.DataFrame()
    grouped = pd.concat(parts, ignore_index=True).groupby(["method", "kind", "reason", "fallback"], dropna=False)
    counts = grouped.agg(n=("unique_id", "size"), series=("unique_id", "nunique")).reset_index()
    return counts.sort_values("n", ascending=False, kind="stable", ignore_index=True)


def _table(study: Study, fallen: pd.DataFrame) -> Html:
    said = study.said
    columns = [
        Column(said("report.method")),
        Column(said("report.failures.reason")),
        Column(said("report.failures.fallback")),
        Column(said("report.failures.series"), "number"),
        Column(said("report.failures.times"), "number", said("report.failures.times_note")),
    ]
    rows: list[list[Cell | str]] = [
        [
            Cell(name(row["method"])),
            phrase(study, f"{row['kind']}: {row['reason']}"),
            phrase(study, str(row["fallback"])),
            Cell(said.number(row["series"]), float(row["series"])),
            Cell(said.number(row["n"]), float(row["n"])),
        ]
        for row in records(fallen.head(200))
    ]
    return table(columns, rows, said, said("report.failures.caption"))
