"""The pictures of a study for a notebook: the same as in MLflow, made from its frames."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import ConfigError, Fault, names, nearest
from forecastlab.schema.names import SEGMENT, TOTAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A picture that a notebook shows by itself; ``figure`` is matplotlib's."""

    figure: Figure

    def _repr_png_(self) -> bytes:
        """The picture as a notebook asks for it."""
        target = io.BytesIO()
        self.figure.savefig(target, format="png")
        return target.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write it as a PNG file."""
        from forecastlab.stages.plots.save import save

        return save(self.figure, Path(path))


@dataclass(frozen=True)
class Pictures:
    """What can be drawn of a study; where no ``method`` is named the best is meant. Raises ConfigError for others."""

    leaderboard_table: pd.DataFrame
    all_forecasts: pd.DataFrame
    all_scores: pd.DataFrame

    def leaderboard(self) -> Picture:
        """Every method's difference to the baseline, with its interval; for studies that WAPE ranks."""
        from forecastlab.stages.plots.leaderboard import leaderboard_plot

        if "wape.select" not in self.leaderboard_table:
            raise ConfigError(Fault("no-picture", "leaderboard", "only a study that WAPE ranks has this picture", ""))
        return Picture(leaderboard_plot(self.leaderboard_table))

    def forecasts(self, method: str | None = None, segment: str | None = None, level: str = TOTAL) -> Picture:
        """What was foretold and what came true, of one segment, or of the series of a level."""
        from forecastlab.stages.plots.against_actual import forecast_against_actual

        rows = self._of(self.all_forecasts, method)
        if segment is None:
            return Picture(forecast_against_actual(rows, None, _known("level", level, rows[names.LEVEL].unique())))
        rows = rows[rows[names.LEVEL] == SEGMENT]
        rows = rows[rows[names.SEGMENT] == _known("segment", segment, rows[names.SEGMENT].unique())]
        return Picture(forecast_against_actual(rows, None, SEGMENT))

    def horizon(self, method: str | None = None) -> Picture:
        """The error by how far ahead was foretold."""
        from forecastlab.stages.plots.errors import error_by_horizon

        return Picture(error_by_horizon(self._of(self.all_scores, method)))

    def segments(self, method: str | None = None) -> Picture:
        """The error of each segment, beside its share of the money."""
        from forecastlab.stages.plots.errors import error_by_segment

        return Picture(error_by_segment(self._of(self.all_scores, method), self._of(self.all_forecasts, method)))

    def calibration(self, method: str | None = None) -> Picture:
        """How often the truth fell inside the intervals."""
        from forecastlab.stages.plots.coverage import calibration

        return Picture(calibration(self._of(self.all_forecasts, method)))

    def _of(self, frame: pd.DataFrame, method: str | None) -> pd.DataFrame:
        if not len(frame):
            raise ConfigError(Fault("no-picture", "study", "no run of the study has a forecast", ""))
        wanted = str(self.leaderboard_table["method"].iloc[0]) if method is None else method
        return frame[frame["method"] == _known("method", wanted, frame["method"].unique())]


def _known(what: str, wanted: str, there: Iterable[object]) -> str:
    known = sorted(str(name) for name in there)
    if wanted not in known:
        found = f"found {wanted!r}, there are {', '.join(known) or 'none'}"
        raise ConfigError(Fault("not-in-study", what, found, nearest(wanted, known)))
    return wanted
