"""How much of a search's gain is luck: the winner on the folds that chose it, and on folds that did not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.stages.ranking import change, figure
from forecastlab.task.board import Board


@dataclass(frozen=True)
class Optimism:
    """The figures of the default and the winner on the selection and the test folds.

    A search chooses what did best on the selection folds, partly by luck, so that figure is too good. ``optimism`` is
    test less select. The default was not chosen by these folds: its own gap is how much harder the test folds are, and
    what the winner's gap has more than that, ``excess``, is what choosing cost. ``table`` has the columns ``method,
    select, test, optimism``. NaN where a figure is missing.
    """

    table: pd.DataFrame
    metric: str

    @property
    def excess(self) -> float:
        """The winner's optimism less the default's."""
        default, tuned = self.table["optimism"]
        return float(tuned - default)

    def write(self, folder: Path) -> Path:
        """Write the table as a CSV file."""
        path = folder / "optimism.csv"
        self.table.to_csv(path, index=False)
        return path

    def lines(self) -> list[str]:
        """The figures in words, a line each."""
        name = self.metric.upper()
        told = [
            f"{row.method}: {name} {self.figure(row.select)} on the selection folds, "
            f"{self.figure(row.test)} on the test folds, optimism {self.figure(row.optimism, '+')}"
            for row in self.table.itertuples()
        ]
        return [*told, f"what choosing made look better than it is: {self.figure(self.excess, '+')}"]

    def figure(self, value: object, sign: str = "") -> str:
        """A figure as it is shown, or with a sign a difference of two: WAPE in per cent, others as they are."""
        number = float(str(value))
        if self.metric != "wape":
            return change(self.metric, number) if sign and number == number else figure(self.metric, number)
        if pd.isna(number):
            return "not scored"
        return f"{100 * number:{sign}.1f} {'points' if sign else '%'}"


def optimism(board: Board, default: str, winner: str) -> Optimism:
    """The optimism of a search, from the leaderboard of the default and the winner."""
    rows = board.table.set_index("method").reindex([default, winner])
    select, test = (rows[f"{board.metric}.{role}"].astype(float) for role in ("select", "test"))
    table = pd.DataFrame({"select": select, "test": test, "optimism": test - select})
    return Optimism(table.rename_axis("method").reset_index(), board.metric)
