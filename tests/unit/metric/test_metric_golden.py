"""Every metric against numbers computed by hand."""

import math

import numpy as np
import pytest

from forecastlab.metric.bias import Bias
from forecastlab.metric.coverage import Coverage
from forecastlab.metric.mae import Mae
from forecastlab.metric.mape import Mape
from forecastlab.metric.mase import Mase
from forecastlab.metric.msis import Msis
from forecastlab.metric.owa import Owa
from forecastlab.metric.pinball import Pinball
from forecastlab.metric.rmse import Rmse
from forecastlab.metric.rmsse import Rmsse
from forecastlab.metric.smape import Smape
from forecastlab.metric.wape import Wape
from forecastlab.metric.width import Width
from forecastlab.metric.within import Within
from forecastlab.schema import Metric, Scored

# Two series of two periods: errors 1, 2 (scale 1) and 10, 0 (scale 5).
GOLDEN = Scored(
    y=np.array([10.0, 20.0, 50.0, 20.0]),
    yhat=np.array([11.0, 18.0, 60.0, 20.0]),
    series=np.array([0, 0, 7, 7]),
    mae_scale=np.array([1.0, 1.0, 5.0, 5.0]),
    mse_scale=np.array([2.0, 2.0, 50.0, 50.0]),
    naive2=np.array([13.0, 20.0, 40.0, 20.0]),
    quantiles={
        0.1: np.array([9.0, 17.0, 55.0, 18.0]),
        0.5: np.array([11.0, 18.0, 60.0, 20.0]),
        0.9: np.array([13.0, 19.0, 65.0, 22.0]),
    },
)
SMAPE = (200 / 21 + 400 / 38 + 2000 / 110 + 0) / 4
SMAPE2 = (600 / 23 + 0 + 2000 / 90 + 0) / 4
CASES: dict[str, tuple[Metric, float]] = {
    "wape": (Wape(), 13 / 100),
    "mae": (Mae(), 13 / 4),
    "rmse": (Rmse(), math.sqrt(105 / 4)),
    "bias": (Bias(), 9 / 100),
    "mase": (Mase(), (1.5 / 1 + 5 / 5) / 2),
    "rmsse": (Rmsse(), (math.sqrt(2.5 / 2) + math.sqrt(50 / 50)) / 2),
    "smape": (Smape(), SMAPE),
    "mape": (Mape(), (10 + 10 + 20 + 0) / 4),
    "owa": (Owa(), (SMAPE / SMAPE2 + 1.25 / ((1.5 + 5 / 5) / 2)) / 2),
    "within": (Within(tolerance=0.1), (10 + 20 + 20) / 100),
    "coverage": (Coverage(level=0.8), 2 / 4),
    "width": (Width(level=0.8), (4 + 2 + 10 + 4) / 100),
    # widths 4, 2, 10, 4; fines 2/0.2 = 10 for each unit outside: 1 above in row two, 5 below in row three
    "msis": (Msis(level=0.8), ((4 + 2 + 10) / 2 / 1 + (10 + 50 + 4) / 2 / 5) / 2),
    # q0.1: .1·1 + .1·3 + .9·5 + .1·2; q0.5: .5·(1 + 2 + 10 + 0); q0.9: .1·3 + .9·1 + .1·15 + .1·2
    "pinball": (Pinball(levels=(0.1, 0.5, 0.9)), (5.1 + 6.5 + 2.9) / 12),
}


@pytest.mark.parametrize("name", CASES)
def test_when_rows_are_known_then_the_score_is_the_one_computed_by_hand(name: str) -> None:
    metric, expected = CASES[name]
    assert metric.score(GOLDEN) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_when_there_are_no_rows_then_the_score_is_undefined(name: str) -> None:
    nothing = GOLDEN.take(np.zeros(4, dtype=bool))
    assert math.isnan(CASES[name][0].score(nothing))


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("coverage", "width", "msis", "pinball")])
def test_when_a_forecast_is_not_a_number_then_it_is_not_passed_over(name: str) -> None:
    yhat = GOLDEN.yhat.copy()
    yhat[2] = np.nan
    broken = Scored(GOLDEN.y, yhat, GOLDEN.series, GOLDEN.mae_scale, GOLDEN.mse_scale, GOLDEN.naive2, GOLDEN.quantiles)
    score = CASES[name][0].score(broken)
    assert math.isnan(score)


@pytest.mark.parametrize("name", ["coverage", "width", "msis", "pinball"])
def test_when_the_quantiles_were_not_made_then_the_score_is_undefined(name: str) -> None:
    without = Scored(
        GOLDEN.y, GOLDEN.yhat, GOLDEN.series, GOLDEN.mae_scale, GOLDEN.mse_scale, GOLDEN.naive2, {0.5: GOLDEN.yhat}
    )
    assert math.isnan(CASES[name][0].score(without))


@pytest.mark.parametrize(("level", "ends"), [(0.8, (0.1, 0.9)), (0.95, (0.025, 0.975)), (0.9, (0.05, 0.95))])
def test_when_an_interval_is_asked_for_then_its_levels_are_the_names_of_quantiles(
    level: float, ends: tuple[float, float]
) -> None:
    assert Coverage(level=level).levels == Width(level=level).levels == Msis(level=level).levels == ends
