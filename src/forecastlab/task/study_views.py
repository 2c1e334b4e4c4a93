"""How the runs of a study are laid out in MLflow: what decides comes first, in three views."""

from __future__ import annotations

from collections.abc import Mapping

from forecastlab.schema.names import SEGMENT, SELECT, TEST
from forecastlab.stages.ranking import MORE_IS_BETTER
from forecastlab.task.board import Board
from forecastlab.tracking.views import Column, Section, View

METHODS = "tags.kind = 'method'"
"""Runs that are a method's backtest, without those that hold them together and without trials."""

BESIDE = ("mase", "coverage80", "bias", "auc", "brier", "gini", "rmse")
"""Metrics that stand beside the one that ranks, where a study has them."""

HOW_TO_READ = {
    "wape": "less is better",
    "mase": "below 1 beats seasonal naive",
    "coverage80": "should be 0.8",
    "bias": "above 0 is too high",
}
RANK = Column("tags", "rank", 70)
MOST = 12


def views(board: Board, metrics: Mapping[str, str]) -> list[View]:
    """The leaderboard, and the segments where the runs have the same."""
    return [_leaderboard(board, metrics), *_segments(board)]


def _leaderboard(board: Board, metrics: Mapping[str, str]) -> View:
    first = board.metric
    beside = [name for name in BESIDE if name in metrics and name != first][:4]
    figures = [f"{first}.{SELECT}", f"{first}.{TEST}", *(f"{name}.{SELECT}" for name in beside)]
    columns = [RANK, Column("tags", "verdict", 240), *(Column("metrics", name) for name in figures)]
    columns += [Column("metrics", name) for name in ("n_failed", "n_fallback", "seconds")]
    sections = [
        Section(
            f"{name}: {HOW_TO_READ.get(name, '')}".rstrip(": "),
            [f"{name}.{SELECT}", f"{name}.{TEST}"],
            [f"{name}.by_fold"],
        )
        for name in (first, *beside)
    ]
    return View(
        "leaderboard",
        "Leaderboard",
        columns,
        Column("metrics", figures[0]),
        first not in MORE_IS_BETTER,
        METHODS,
        sections,
    )


def _segments(board: Board) -> list[View]:
    if not len(board.segments):
        return []
    figures = [f"{board.metric}.{SELECT}.segment.{name}" for name in board.segments[SEGMENT].head(MOST)]
    columns = [RANK, *(Column("metrics", name, 160) for name in figures)]
    section = Section(f"{board.metric} of each segment, the largest first (less is better)", figures)
    return [View("segments", "Segments", columns, Column("metrics", figures[0]), True, METHODS, [section])]
