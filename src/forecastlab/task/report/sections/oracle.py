"""What knowing the future of the drivers would be worth: no forecast, only a bound."""

from __future__ import annotations

from forecastlab.page import Cell, Column, Html, name, table
from forecastlab.schema.names import SELECT, TEST
from forecastlab.task.report.study import Study


def section(study: Study) -> Html | None:
    """Each method beside the same one that saw what its drivers came to be."""
    rows, said, metric = study.board.oracle, study.said, study.board.metric
    if not len(rows):
        return None
    columns = [Column(said("report.method"))]
    for role in (SELECT, TEST):
        columns += [
            Column(said(f"report.{role}"), "number", said(f"report.{role}_note")),
            Column(
                said("report.oracle.known", role=said(f"report.{role}")), "number", said("report.oracle.known_note")
            ),
            Column(said("report.oracle.gain"), "number"),
        ]
    cells = []
    for _, row in rows.iterrows():
        found = [Cell(name(row["method"]))]
        for role in (SELECT, TEST):
            honest, known = float(row[f"{metric}.{role}"]), float(row[f"oracle.{metric}.{role}"])
            found += [Cell(study.figure(honest), honest), Cell(study.figure(known), known, "quiet")]
            found.append(Cell(study.difference(known - honest), known - honest))
        cells.append(found)
    return table(columns, cells, said)
