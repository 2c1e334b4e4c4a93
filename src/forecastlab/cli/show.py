"""Leaderboards in a terminal, within eighty columns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.markup import escape
from rich.table import Table

from forecastlab.schema import names
from forecastlab.schema.names import TOTAL
from forecastlab.stages import compare
from forecastlab.stages.ranking import MORE_IS_BETTER
from forecastlab.task.board import Board

if TYPE_CHECKING:
    from rich.console import Console


def show_board(console: Console, board: Board, study: str) -> None:
    """Print the leaderboard, the figures of the other levels, the best method of each segment, and the verdict."""
    level = "the total" if board.level == TOTAL else board.level
    _print(console, f"{study}: {_title(board)} of {level}", _leaderboard(board))
    what = "difference" if board.metric not in MORE_IS_BETTER else f"difference of 1 - {_title(board)}"
    console.print(
        "[dim]ranked by the selection folds; = cannot be told apart from the first\n"
        f"{what} to {escape(board.baseline)}, with its {1 - board.alpha:.0%} interval\n"
        "better, worse or unclear: after Holm's correction for making several comparisons[/]",
        soft_wrap=True,
    )
    for line in board.fallen:  # a line, not a column: no width may hide it
        console.print(escape(line), soft_wrap=True)
    others = _levels(board)
    beside = _beside(board)
    if beside:
        _print(console, "other measures, selection folds together", _measures(board, beside))
    if others:
        _print(console, f"{_title(board)} at other levels, selection folds", _other_levels(board, others))
    if len(board.segments):
        _print(console, "best method of each segment, selection folds", _segments(board))
    if len(board.oracle):
        _print(console, "had the future of the drivers been known (oracle, no forecast)", _oracle(board))
    console.print(f"\n[bold]{escape(board.verdict())}.[/]")
    for note in board.notes:
        console.print(f"note: {escape(note)}", soft_wrap=True)


def forecast_table(frame: pd.DataFrame) -> Table:
    """The forecast of the total, or of the only series there is, with its 80 % interval; else the sums of a level."""
    level = TOTAL if TOTAL in set(frame[names.LEVEL]) else str(frame[names.LEVEL].iloc[0])
    rows = frame[frame[names.LEVEL] == level]
    alone = rows[names.SERIES].nunique() == 1
    table = _table()
    for column in (level, "forecast", *(("80 % between", "and") if alone and "q0.9" in rows else ())):
        table.add_column(escape(column), justify="left" if column == level else "right", no_wrap=True)
    by_clock = (rows[names.DS] != rows[names.DS].dt.normalize()).any()
    for ds, part in rows.groupby(names.DS):
        cells = [f"{part[name].sum():,.0f}" for name in (names.YHAT, "q0.1", "q0.9")[: len(table.columns) - 1]]
        table.add_row(f"{ds:%Y-%m-%d %H:%M}" if by_clock else f"{ds:%Y-%m-%d}", *cells)
    return table


SHOWN = 10
"""Customers of a list that are shown."""


def customer_table(frame: pd.DataFrame) -> Table:
    """The customers with the most at stake."""
    table = _table()
    for column in ("customer", "segment", "tier", "score", "at stake", "why"):
        table.add_column(column, justify="right" if column in ("score", "at stake") else "left")
    for row in frame.head(SHOWN).to_dict("records"):
        score = f"{row['score']:,.0f}" if abs(row["score"]) > 10 else f"{row['score']:.3f}"
        words = (row["unique_id"], row["segment"], row["tier"], score, f"{row['stake']:,.0f}", row["reason"])
        table.add_row(*(escape(str(word)) for word in words))
    return table


def _print(console: Console, title: str, table: Table) -> None:
    console.print(f"\n[bold]{escape(title)}[/]", soft_wrap=True)
    console.print(table)


def _leaderboard(board: Board) -> Table:
    failed = bool((board.table["n_ok"] < board.table["n"]).any())
    table = _table()
    table.add_column("", justify="right")
    table.add_column("method", overflow="fold", min_width=14)
    for name in ("select", "test", "difference", "", "CPU s"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    if failed:
        table.add_column("folds", justify="right", no_wrap=True)
    for row in board.table.to_dict("records"):
        table.add_row(
            "=" if row["tied_with_best"] and row["rank"] > 1 else str(row["rank"]),
            escape(row["method"]),
            _figure(row[f"{board.metric}.select"], board),
            _figure(row[f"{board.metric}.test"], board),
            *_difference(row, board),
            f"{row['seconds']:.1f}",
            *((f"{row['n_ok']}/{row['n']}",) if failed else ()),
            style="bold" if row["rank"] == 1 else None,
        )
    return table


def _difference(row: Mapping[Any, Any], board: Board) -> tuple[str, str]:
    """The difference to the baseline with its interval, and whether it is clear."""
    if row["evidence"] == compare.BASELINE:
        return "", "baseline"
    if row["diff"] == row["lo"] == row["hi"] == 0:
        return _signed(0.0, board), "the same"
    interval = "" if math.isnan(row["lo"]) else f" [{_signed(row['lo'], board)}, {_signed(row['hi'], board)}]"
    clear = "better" if row["diff"] < 0 else "worse"
    words = {compare.CLEAR: clear, compare.TIED: "unclear"}
    return escape(_signed(row["diff"], board) + interval), words.get(row["evidence"], row["evidence"])


def _other_levels(board: Board, levels: list[str]) -> Table:
    table = _table()
    table.add_column("method", overflow="fold")
    for level in levels:
        table.add_column(escape(level), justify="right", no_wrap=True)
    for row in board.table.to_dict("records"):
        figures = (_figure(row[f"{board.metric}.select.{level}"], board) for level in levels)
        table.add_row(escape(row["method"]), *figures)
    return table


def _beside(board: Board) -> list[str]:
    """Columns of measures that stand beside the one that ranks."""
    own = f"{board.metric}."
    return [column for column in board.table.columns if column.endswith(".select") and not column.startswith(own)]


def _measures(board: Board, columns: list[str]) -> Table:
    table = _table()
    table.add_column("method", overflow="fold")
    for column in columns:
        table.add_column(column.removesuffix(".select").replace("_", " "), justify="right", no_wrap=True)
    for row in board.table.to_dict("records"):
        table.add_row(escape(row["method"]), *(_plain(row[column]) for column in columns))
    return table


def _segments(board: Board) -> Table:
    table = _table()
    table.add_column("segment")
    table.add_column("share", justify="right")
    table.add_column(board.metric.upper(), justify="right")
    table.add_column("verdict")
    for row in board.segments.to_dict("records"):
        figure = _figure(row["wape"], board)
        table.add_row(escape(row["segment"]), f"{row['share']:.0%}", figure, escape(row["verdict"]))
    return table


def _oracle(board: Board) -> Table:
    table = _table()
    table.add_column("method")
    for column in board.oracle.columns[1:]:
        table.add_column(column.replace(f"{board.metric}.", "").replace(".", " "), justify="right", no_wrap=True)
    for row in board.oracle.to_dict("records"):
        table.add_row(escape(row.pop("method")), *(_figure(value, board) for value in row.values()))
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 1))


def _levels(board: Board) -> list[str]:
    start = f"{board.metric}.select."
    return [column.removeprefix(start) for column in board.table.columns if column.startswith(start)]


def _title(board: Board) -> str:
    name = board.metric.upper().replace("_", " ")
    return f"{name} (%)" if board.metric == "wape" else name


def _figure(value: float, board: Board) -> str:
    if math.isnan(value):
        return "–"
    return f"{100 * value:.1f}" if board.metric == "wape" else _plain(value)


def _signed(value: float, board: Board) -> str:
    if math.isnan(value):
        return "–"
    return f"{100 * value:+.1f}" if board.metric == "wape" else _plain(value, "+")


def _plain(value: float, sign: str = "") -> str:
    """A measure with the digits that its size bears."""
    if math.isnan(value):
        return "–"
    return f"{value:{sign},.1f}" if abs(value) >= 10 else f"{value:{sign}.3f}"
