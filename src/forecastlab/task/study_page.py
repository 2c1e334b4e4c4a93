"""What a reviewer finds on a study's page in MLflow: verdict, leaderboard, data, folds, and each column in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.flow.prepare import Prepared
from forecastlab.schema import written
from forecastlab.schema.names import SEGMENT, SELECT, TEST
from forecastlab.task import about
from forecastlab.task.board import Board

MOST = 12
"""Methods and segments that are listed; the rest is in the files."""

COLOURS = ("#332288", "#cc6677", "#117733", "#88ccee", "#ddcc77", "#aa4499", "#44aa99", "#882255", "#999933", "#661100")
"""Of the charts, by rank: Paul Tol's muted scheme, told apart under every kind of colour blindness."""

COUNTS = {
    "n_ok.select": "folds to choose by that were answered",
    "n_ok.test": "folds that only confirm that were answered",
    "n_failed": "folds without an answer; a method with any is not ranked before one without",
    "n_fallback": "forecasts (series and folds) where the method failed and seasonal naive answered in its place",
    "n_clipped": "forecasts below zero that were lifted to zero",
    "seconds": "CPU seconds of fitting and predicting",
    "peak_mb": "memory at its highest, in megabytes",
}


@dataclass(frozen=True)
class Scenery:
    """What a study's runs share: the data and the folds in words, and what each metric means."""

    data: str
    folds: str
    metrics: Mapping[str, str]


def scenery(prepared: Prepared, metrics: Mapping[str, str]) -> Scenery:
    """The scenery of one run; ``metrics`` maps a metric to its meaning."""
    return Scenery(about.data(prepared), folds(prepared), metrics)


def folds(prepared: Prepared) -> str:
    """The folds in words: how many, from when to when, how far ahead."""
    lines = []
    for role, meaning in ((SELECT, "methods are chosen by them"), (TEST, "later in time; they only confirm")):
        of_role = [fold for fold in prepared.folds if fold.role == role]
        if of_role:
            first, last = written(of_role[0].cutoff), written(of_role[-1].cutoff)
            span = f"cutoff {first}" if first == last else f"cutoffs from {first} to {last}"
            lines.append(f"- {len(of_role)} {_name(role)}, {span}: {meaning}")
    one = prepared.folds[0]
    ahead = f"the next {one.horizon} periods, each a {one.freq.word}"
    return "\n".join([*lines, f"- at each cutoff: {ahead}{f', after a gap of {one.gap}' if one.gap else ''}"])


def page(question: str, board: Board, scene: Scenery, keys: Mapping[str, str], folder: Path) -> str:
    """The study's description, in Markdown; ``keys`` maps a method to the identity of its run."""
    parts = [
        f"**{board.verdict()}.**",
        question,
        f"Leaderboard: {_files(folder)} · [all that was kept of it](#/experiments/⟨study⟩/runs/⟨run⟩/artifacts)",
        leaderboard(board, keys),
        segments(board),
        "\n".join(f"- {note}" for note in board.notes),
        "### Data\n\n" + scene.data,
        "### Folds: what was known, and what was to be foretold\n\n" + scene.folds,
        "### Columns\n\n" + columns(scene.metrics),
    ]
    return "\n\n".join(part for part in parts if part.strip())


def leaderboard(board: Board, keys: Mapping[str, str]) -> str:
    """The leaderboard as a Markdown table; each method links to its run."""
    metric = board.metric.upper()
    table, rows = board.table.head(MOST), []
    for row in table.to_dict("records"):
        name = _cell(row["method"])
        key = keys.get(str(row["method"]))
        figures = [_figure(row.get(f"{board.metric}.{role}"), board.metric) for role in (SELECT, TEST)]
        linked = f"[{name}](#/experiments/⟨study⟩/runs/⟨{key}⟩)" if key else name
        rows.append(f"| {row['rank']}\u00a0 | {linked}\u00a0 | {' | '.join(figures)} | {standing(board, row)} |")
    rest = len(board.table) - len(table)
    head = f"| | method | {metric}, {_name(SELECT)} | {metric}, {_name(TEST)} | |\n|---|---|---|---|---|\n"
    foot = f"\n\nand {rest} more in leaderboard.csv" if rest else ""
    note = f"Ranked by the selection folds, at the level *{board.level}*; compared with {_cell(board.baseline)}."
    return f"{head}{chr(10).join(rows)}{foot}\n\n{note}"


def segments(board: Board) -> str:
    """The best method of each segment as a Markdown table; empty where there are none."""
    if not len(board.segments):
        return ""
    rows = []
    for row in board.segments.head(MOST).to_dict("records"):
        cells = (_cell(row[SEGMENT]), f"{row['share']:.0%}", _figure(row["wape"], board.metric), _cell(row["verdict"]))
        rows.append(f"| {' | '.join(cells)} |")
    head = f"| segment | share | {board.metric.upper()} | best method |\n|---|---|---|---|\n"
    return "### Segments\n\n" + head + "\n".join(rows)


def standing(board: Board, row: Mapping[object, object]) -> str:
    """How a method stands to the first, in words."""
    tied = int(board.table["tied_with_best"].iloc[1:].sum())
    if row["n_failed"]:
        return f"{row['n_failed']} folds without an answer"
    if row["rank"] == 1:
        told = f"first, but {tied} cannot be told apart" if tied else "best; the difference is clear"
        return told if len(board.table) > 1 else "alone"
    return "cannot be told apart from the first" if row["tied_with_best"] else "worse than the first"


def words(board: Board, keys: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Each run's rank and verdict, by its identity."""
    n = len(board.table)
    return {
        keys[str(row["method"])]: {
            "rank": f"{row['rank']} of {n}",
            "verdict": standing(board, row),
            "mlflow.runColor": COLOURS[(int(row["rank"]) - 1) % len(COLOURS)],
        }
        for row in board.table.to_dict("records")
        if str(row["method"]) in keys
    }


def columns(metrics: Mapping[str, str]) -> str:
    """What each column of the table of runs means."""
    known = {
        "rank, verdict": "place in the newest leaderboard, and whether the difference to the first could be luck",
        **{f"{name}.select": meaning for name, meaning in metrics.items()},
        "….test": "the same over the test folds, which no choice has seen",
        "….select.segment.NAME": "the same for one segment",
        "….select.level.NAME": "the same with all series of a level judged one by one",
        "….by_fold": "fold by fold in order of time; drawn as a line under Model metrics",
        "oracle.…": "the score of a run that saw the future of its drivers: no forecast can have it",
        **COUNTS,
    }
    rows = "\n".join(f"| {_cell(name)} | {_cell(meaning)} |" for name, meaning in known.items())
    return f"| column | meaning |\n|---|---|\n{rows}"


def _files(folder: Path) -> str:
    """Links to what is kept of the whole study, in words."""
    known = {"report.html": "the report", "leaderboard.png": "as a picture", "leaderboard.csv": "as a table"}
    place = "#/experiments/⟨study⟩/runs/⟨run⟩/artifacts"
    return " · ".join(f"[{words}]({place}/{name})" for name, words in known.items() if (folder / name).is_file())


def _name(role: str) -> str:
    return {SELECT: "selection folds", TEST: "test folds"}[role]


def _figure(value: object, metric: str) -> str:
    if not isinstance(value, float) or pd.isna(value):
        return "not scored"
    return f"{value:.1%}" if metric == "wape" else f"{value:.3g}"


def _cell(text: object) -> str:
    """Text that stays in its cell and is nothing but text."""
    plain = " ".join(str(text).split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in plain)
