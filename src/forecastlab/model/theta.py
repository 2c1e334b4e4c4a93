"""The theta method: a straight line and a smoothed level, halved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.model._statsforecast import FittedSeries, Floats, Learned, fit_series, series_from
from forecastlab.schema import History
from forecastlab.schema.parts import State

_NAMES = {"standard": "STM", "optimized": "OTM", "dynamic": "DSTM", "dynamic_optimized": "DOTM", "auto": None}


@dataclass(frozen=True)
class Theta:
    """Half the straight line through the past, half its smoothed recent level; the season is taken out before.

    The winner of the M3 competition (Assimakopoulos & Nikolopoulos 2000) in the state space forms of Fiorucci et al.
    (2016), as statsforecast computes them. Series of up to three periods are reported as failed.
    """

    variant: Annotated[
        Literal["standard", "optimized", "dynamic", "dynamic_optimized", "auto"],
        Field(description="which of the four theta models; auto takes the one with the least in-sample error"),
    ]
    decomposition: Annotated[
        Literal["multiplicative", "additive"], Field(description="how the season is taken out when the test finds one")
    ]

    @property
    def local(self) -> bool:
        """Each series is forecast from its own past."""
        return True

    def fit(self, history: History) -> FittedSeries:
        """Estimate level, smoothing and theta of each series."""
        return fit_series(self, history.season, history)

    def from_state(self, state: State) -> FittedSeries:
        """The fitted model that ``state`` describes."""
        return series_from(self, state)

    @property
    def shortest(self) -> int:
        """Fewer periods than this are not tried."""
        return 4

    @property
    def reads_drivers(self) -> bool:
        """It goes by the past alone."""
        return False

    def estimator(self, season: int) -> Any:
        """The statsforecast model."""
        from statsforecast.models import AutoTheta

        return AutoTheta(season_length=season, decomposition_type=self.decomposition, model=_NAMES[self.variant])

    def forward(self, learned: Learned, y: Floats, x: Floats | None) -> Learned:
        """The learned level, smoothing and theta on other values."""
        from statsforecast import theta

        run: Callable[..., Learned] = theta.auto_theta
        return run(y, learned["m"], learned["modeltype"], **learned["par"], decomposition_type=self.decomposition)


PART = Theta
