"""Exponential smoothing with error, trend and season chosen per series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.model._statsforecast import FittedSeries, Floats, Learned, fit_series, series_from
from forecastlab.schema import History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Ets:
    """Level, trend and season that learn from each new period, recent ones weighing most.

    Exponential smoothing in state space form, each component chosen by the corrected Akaike criterion (Hyndman et al.
    2008), as statsforecast computes it. Very short series (about six periods) are reported as failed.
    """

    model: Annotated[
        str,
        Field(
            pattern="^[AMZ][NAMZ][NAMZ]$", description="error, trend, season: A added, M multiplied, N none, Z chosen"
        ),
    ]
    damped: Annotated[bool | None, Field(description="whether the trend levels off; null: chosen")]
    max_season: Annotated[int, Field(ge=1, description="longer seasons are treated as none")]
    between: Annotated[
        Literal["move", "estimate"],
        Field(description="folds that share a fit: move the numbers on, or estimate them anew for the same components"),
    ]

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    def fit(self, history: History) -> FittedSeries:
        """Choose and estimate a model for each series."""
        return fit_series(self, history.season if history.season <= self.max_season else 1, history)

    def from_state(self, state: State) -> FittedSeries:
        """The fitted model that ``state`` describes."""
        return series_from(self, state)

    @property
    def shortest(self) -> int:
        """Fewer periods than this are not tried."""
        return 5

    @property
    def reads_drivers(self) -> bool:
        """It goes by the past alone."""
        return False

    def estimator(self, season: int) -> Any:
        """The statsforecast model."""
        from statsforecast.models import AutoETS

        return AutoETS(season_length=season, model=self.model, damped=self.damped)

    def forward(self, learned: Learned, y: Floats, x: Floats | None) -> Learned:
        """The learned smoothing and first states on other values, or others of the same kind, as ``between`` says."""
        from statsforecast import ets
        from statsforecast.models import AutoETS

        if self.between == "estimate":
            kind, damped = learned["components"][:3], learned["components"][3] == "D"
            same: Learned = AutoETS(season_length=learned["m"], model=kind, damped=damped).fit(y).model_
            return same
        run: Callable[..., Learned] = ets.forward_ets
        return run(learned, y)


PART = Ets
