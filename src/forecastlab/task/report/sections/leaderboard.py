"""Which method is best: figures of all methods, what lies between them and the baseline, and every two of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecastlab.page import Cell, Column, Html, name, table, tag, whisker
from forecastlab.page.markup import joined
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages import compare
from forecastlab.task.report.cells import records
from forecastlab.task.report.study import Study

WORDS = {
    compare.CLEAR: "clear",
    compare.TIED: "tied",
    compare.FEW: "few",
    compare.FAILED: "failed",
    compare.BASELINE: "baseline",
    compare.UNDEFINED: "undefined",
}
"""Words of evidence, as the texts know them."""


def section(study: Study) -> Html:
    """All methods, best first, and in a fold every two of those that figures show."""
    board, said = study.board, study.said
    rows = board.table
    others = [str(column) for column in rows if f".{SELECT}" in str(column) and column != f"{board.metric}.{SELECT}"]
    troubled = bool((rows["n_ok"] < rows["n"]).any() or (rows["n_fallback"] > 0).any())
    bounds = _bounds(rows)
    better = "note_more" if study.more_is_better else "note"
    columns = [
        Column(said("report.leaderboard.place"), "number", said("report.leaderboard.place_note")),
        Column(said("report.method")),
        Column(said("report.select"), "number", said("report.select_note")),
        Column(said("report.test"), "number", said("report.test_note")),
        Column(said("report.leaderboard.difference", baseline=board.baseline), "number"),
        Column(said("report.leaderboard.interval", share=said.percent(1 - board.alpha, 0)), "picture"),
        Column(said("report.leaderboard.evidence"), "text", said("report.leaderboard.evidence_note")),
        *(Column(_other(study, each), "number", said("report.select_note")) for each in others),
        *([Column(said("report.leaderboard.folds"), "number")] if troubled else []),
        *([Column(said("report.leaderboard.fell_back"), "number")] if troubled else []),
        Column(said("report.leaderboard.seconds"), "number", said("report.leaderboard.seconds_note")),
    ]
    whole = rows[rows["n_failed"] == 0]
    best = {each: float(whole[each].min()) for each in others if each.startswith(f"{board.metric}.")}
    cells = [_row(study, row, others, best, bounds, troubled) for row in records(rows)]
    caption = said("report.leaderboard.caption", metric=study.metric, level=study.level(board.level))
    # The method names the row, so it stands first; its place beside it.
    columns[0], columns[1] = columns[1], columns[0]
    words = [said("report.leaderboard.wape")] if board.metric == "wape" else []
    note = said("report.space").join([*words, said(f"report.leaderboard.{better}")])
    return joined(table(columns, cells, said, caption), _pairs(study), tag("p", note, class_="note"))


def _row(
    study: Study,
    row: dict[str, Any],
    others: list[str],
    best: dict[str, float],
    bounds: tuple[float, float],
    troubled: bool,
) -> list[Cell | str]:
    board, said = study.board, study.said
    select, test = (float(row[f"{board.metric}.{role}"]) for role in (SELECT, TEST))
    base = str(row["method"]) == board.baseline
    low, middle, high = study.gap(float(row["lo"]), float(row["diff"]), float(row["hi"]))
    better = float(row["diff"]) < 0
    clear = row["evidence"] == compare.CLEAR
    tone = ("good" if better else "bad") if clear else "quiet"
    word = said(f"report.evidence.{WORDS[str(row['evidence'])]}")
    if clear:
        word = said("report.evidence.better" if better else "report.evidence.worse")
    drawn = Html("") if base else whisker(middle, low, high, bounds, 0.0, tone)
    reach = (
        "" if base or np.isnan(low) else said("report.between", low=study.difference(low), high=study.difference(high))
    )
    first = bool(row["rank"] == 1)
    found: list[Cell | str] = [
        Cell(name(row["method"])),
        Cell(
            said.number(row["rank"]) if first or not row["tied_with_best"] else f"= {row['rank']}", float(row["rank"])
        ),
        Cell(study.figure(select), select, "best" if first else ""),
        Cell(study.figure(test), test),
        Cell("" if base else study.difference(middle), middle),
        Cell(joined(drawn, tag("small", reach, class_="quiet"))),
        Cell(word, None, tone if clear else "quiet"),
        *(_beside(study, each, float(row[each]), best.get(each)) for each in others),
    ]
    if troubled:
        ok, n, fallen = int(row["n_ok"]), int(row["n"]), int(row["n_fallback"])
        found += [
            Cell(said("report.of", ok=ok, n=n), float(ok), "bad" if ok < n else ""),
            Cell(said.number(fallen), float(fallen)),
        ]
    return [*found, Cell(said.number(row["seconds"], 1), float(row["seconds"]))]


def _other(study: Study, column: str) -> str:
    """What a further column shows: another level, or of customers another measure."""
    metric, _, level = column.split(".", 2) if column.count(".") > 1 else (*column.split("."), "")
    title = study.level(level) if level else study.short(metric)
    return title[:1].upper() + title[1:]


def _beside(study: Study, column: str, value: float, best: float | None) -> Cell:
    own = column.startswith(f"{study.board.metric}.")
    return Cell(study.figure(value) if own else study.said.number(value, 3), value, "best" if value == best else "")


def _bounds(rows: pd.DataFrame) -> tuple[float, float]:
    """A scale for all differences on which most intervals fit; the few that are much wider are cut off."""
    ends = rows[["lo", "hi", "diff"]].to_numpy(float)
    ends = np.abs(ends[np.isfinite(ends)])
    reach = float(np.quantile(ends, 0.85)) * 1.15 if len(ends) else 1.0
    return -(reach or 1.0), reach or 1.0


def _pairs(study: Study) -> Html:
    """Every two of the shown methods."""
    said, pairs = study.said, study.board.pairs
    pairs = pairs[pairs["a"].isin(study.shown) & pairs["b"].isin(study.shown)]
    if len(pairs) < 2:
        return Html("")
    columns = [
        Column(said("report.leaderboard.a")),
        Column(said("report.leaderboard.b")),
        Column(said("report.leaderboard.a_less_b"), "number"),
        Column(said("report.leaderboard.low"), "number"),
        Column(said("report.leaderboard.high"), "number"),
        Column(said("report.leaderboard.p_holm"), "number", said("report.leaderboard.p_note")),
        Column(said("report.leaderboard.origins"), "number"),
    ]
    rows = [
        [
            Cell(name(row["a"])),
            Cell(name(row["b"])),
            *(Cell(study.difference(x), float(x)) for x in _differences(study, row)),
            Cell(
                said.number(row["p_holm"], 3), float(row["p_holm"]), "best" if row["p_holm"] < study.board.alpha else ""
            ),
            Cell(said.number(row["n"]), float(row["n"])),
        ]
        for row in records(pairs)
    ]
    return tag("details", tag("summary", said("report.leaderboard.pairs")), table(columns, rows, said))


def _differences(study: Study, row: dict[str, Any]) -> tuple[float, float, float]:
    """The difference of a pair, and from where to where it reaches."""
    low, middle, high = study.gap(row["lo"], row["diff"], row["hi"])
    return middle, low, high
