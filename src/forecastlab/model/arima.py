"""ARIMA with its order chosen per series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.model._statsforecast import FittedSeries, Floats, Learned, fit_series, series_from
from forecastlab.model._surety import margins
from forecastlab.schema import History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class Arima:
    """Each period as a mixture of its own past values and past surprises, the mixture chosen per series.

    Seasonal ARIMA with the order found by a stepwise search over the corrected Akaike criterion (Hyndman & Khandakar
    2008), as statsforecast computes it. With drivers, the errors of a regression on them are what is mixed; drivers
    that do not vary in a series, or are mixtures of others, are left out of it.
    """

    max_p: Annotated[int, Field(ge=0, le=10, description="most past values")]
    max_q: Annotated[int, Field(ge=0, le=10, description="most past surprises")]
    max_P: Annotated[int, Field(ge=0, le=4, description="most values of past seasons")]  # noqa: N815
    max_Q: Annotated[int, Field(ge=0, le=4, description="most surprises of past seasons")]  # noqa: N815
    start_p: Annotated[int, Field(ge=0, le=10, description="past values with which the stepwise search begins")]
    start_q: Annotated[int, Field(ge=0, le=10, description="past surprises with which the stepwise search begins")]
    start_P: Annotated[int, Field(ge=0, le=4, description="the same for values of past seasons")]  # noqa: N815
    start_Q: Annotated[int, Field(ge=0, le=4, description="the same for surprises of past seasons")]  # noqa: N815
    max_d: Annotated[int, Field(ge=0, le=2, description="most differences between neighbouring periods")]
    max_D: Annotated[int, Field(ge=0, le=1, description="most differences between seasons")]  # noqa: N815
    max_order: Annotated[int, Field(ge=0, description="most terms in all, when the search is not stepwise")]
    ic: Annotated[Literal["aicc", "aic", "bic"], Field(description="criterion by which orders are compared")]
    stepwise: Annotated[bool, Field(description="search from neighbour to neighbour instead of everywhere")]
    approximation: Annotated[bool, Field(description="compare orders by least squares; only the chosen one exactly")]
    max_season: Annotated[int, Field(ge=1, description="longer seasons are treated as none")]
    between: Annotated[
        Literal["move", "estimate"],
        Field(description="folds that share a fit: move the coefficients on, or estimate them anew for the same order"),
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
        return 1

    @property
    def reads_drivers(self) -> bool:
        """Drivers are columns of the regression that it is the error of."""
        return True

    def estimator(self, season: int) -> Any:
        """The statsforecast model."""
        from statsforecast.models import AutoARIMA

        return AutoARIMA(
            season_length=season,
            max_p=self.max_p,
            max_q=self.max_q,
            max_P=self.max_P,
            max_Q=self.max_Q,
            start_p=self.start_p,
            start_q=self.start_q,
            start_P=self.start_P,
            start_Q=self.start_Q,
            max_d=self.max_d,
            max_D=self.max_D,
            max_order=self.max_order,
            ic=self.ic,
            stepwise=self.stepwise,
            approximation=self.approximation,
        )

    def forward(self, learned: Learned, y: Floats, x: Floats | None) -> Learned:
        """The learned coefficients on other values, or others of the same order, as ``between`` says."""
        from statsforecast import arima

        if self.between == "move":
            run: Callable[..., Learned] = arima.forward_arima
            return run(learned, y, xreg=x, method=None)
        found = _same_order(learned).fit(y, X=x).model_
        return dict(found) if x is None else {**found, "margins": margins(found, x)}


def _same_order(learned: Learned) -> Any:
    """A statsforecast model of the order that was chosen, its coefficients yet to be estimated."""
    from statsforecast.models import ARIMA

    p, q, seasonal_p, seasonal_q, season, d, seasonal_d = learned["arma"]
    return ARIMA(
        order=(p, d, q),
        season_length=season,
        seasonal_order=(seasonal_p, seasonal_d, seasonal_q),
        include_mean="intercept" in learned["coef"],
        include_drift="drift" in learned["coef"],
    )


PART = Arima
