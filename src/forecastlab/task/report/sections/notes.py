"""What a reader must know to take the figures for what they are."""

from __future__ import annotations

from forecastlab.page import Html, tag
from forecastlab.schema.names import SELECT
from forecastlab.task.report.phrases import phrase
from forecastlab.task.report.study import Study


def section(study: Study) -> Html:
    """What biases the figures in every study, what does in this one, and how to read them."""
    said, board = study.said, study.board
    lines = [said("report.notes.choosing")]
    n = int(board.table["n_origins"].max())
    lines.append(said("report.notes.origins", n=said.number(n), alpha=said.percent(1 - board.alpha, 0)))
    if study.best.facts.season == 1:
        lines.append(said("report.notes.no_season"))
    if study.best.facts.n_clipped:
        lines.append(said("report.notes.clipped", n=said.number(study.best.facts.n_clipped)))
    if len(study.segmentations) > 1:
        lines.append(said("report.notes.segmentations"))
    if not study.best.facts.folds.get(SELECT, [0, 0])[1]:
        lines.append(said("report.notes.no_select"))
    told = [tag("li", line) for line in lines] + [tag("li", phrase(study, note)) for note in board.notes]
    return tag("ul", *told, class_="notes")
