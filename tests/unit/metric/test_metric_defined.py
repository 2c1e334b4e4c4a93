"""Nothing by nothing is the best score; something by nothing is undefined, and never a huge number."""

import math
from typing import Any

import numpy as np
import pytest

from forecastlab.metric.bias import Bias
from forecastlab.metric.coverage import Coverage
from forecastlab.metric.mape import Mape
from forecastlab.metric.mase import Mase
from forecastlab.metric.msis import Msis
from forecastlab.metric.owa import Owa
from forecastlab.metric.rmsse import Rmsse
from forecastlab.metric.smape import Smape
from forecastlab.metric.wape import Wape
from forecastlab.metric.width import Width
from forecastlab.metric.within import Within
from forecastlab.schema import Metric, Scored


def scored(y: list[float], yhat: list[float], **other: Any) -> Scored:
    zeros = np.zeros(len(y))
    return Scored(
        y=np.array(y, dtype=float),
        yhat=np.array(yhat, dtype=float),
        series=np.array(other.get("series", [0] * len(y))),
        mae_scale=np.array(other.get("mae_scale", zeros), dtype=float),
        mse_scale=np.array(other.get("mse_scale", zeros), dtype=float),
        naive2=np.array(other.get("naive2", zeros), dtype=float),
        quantiles=other.get("quantiles", {0.1: np.array(yhat, dtype=float), 0.9: np.array(yhat, dtype=float)}),
    )


BEST: list[tuple[Metric, float]] = [
    (Wape(), 0.0),
    (Bias(), 0.0),
    (Mase(), 0.0),
    (Rmsse(), 0.0),
    (Smape(), 0.0),
    (Mape(), 0.0),
    (Owa(), 0.0),
    (Within(tolerance=0.1), 1.0),
    (Coverage(level=0.8), 1.0),
    (Width(level=0.8), 0.0),
    (Msis(level=0.8), 0.0),
]


@pytest.mark.parametrize(("metric", "best"), BEST, ids=lambda value: type(value).__name__)
def test_when_nothing_was_sold_and_nothing_foretold_then_the_score_is_the_best(metric: Metric, best: float) -> None:
    assert metric.score(scored([0, 0], [0, 0])) == best


@pytest.mark.parametrize("metric", [Wape(), Mape(), Bias(), Mase(), Rmsse(), Owa(), Within(tolerance=0.1)])
def test_when_something_was_foretold_and_nothing_sold_then_the_score_is_undefined(metric: Metric) -> None:
    assert math.isnan(metric.score(scored([0, 0], [3, 1])))


def test_when_something_was_foretold_and_nothing_sold_then_smape_is_its_worst() -> None:
    assert Smape().score(scored([0, 0], [3, 1])) == 200


@pytest.mark.parametrize("metric", [Mase(), Rmsse()])
def test_when_a_past_stood_still_but_for_rounding_then_the_series_has_no_scale(metric: Metric) -> None:
    rounding = scored([0.3, 0.3], [5, 5], mae_scale=[5e-17, 5e-17], mse_scale=[1e-33, 1e-33])
    assert math.isnan(metric.score(rounding))


def test_when_returns_cancel_sales_but_for_rounding_then_the_bias_is_undefined() -> None:
    assert math.isnan(Bias().score(scored([0.1, 0.2, -0.3], [1, 1, 1])))


def test_when_returns_outweigh_sales_then_a_forecast_too_high_still_has_a_bias_above_zero() -> None:
    assert Bias().score(scored([-10, 5], [-5, 5])) == 1.0


def test_when_one_series_has_no_scale_then_the_mean_is_that_of_the_others() -> None:
    rows = scored([5, 8], [7, 9], series=[0, 1], mae_scale=[0, 2], mse_scale=[0, 4])
    assert Mase().score(rows) == 0.5
    assert Rmsse().score(rows) == 0.5


def test_when_a_series_without_scale_is_foretold_exactly_then_it_counts_as_perfect() -> None:
    rows = scored([5, 8], [5, 9], series=[0, 1], mae_scale=[0, 2], mse_scale=[0, 4])
    assert Mase().score(rows) == 0.25


def test_when_a_past_is_too_short_for_a_scale_then_the_series_takes_no_part() -> None:
    rows = scored([5, 8], [5, 9], series=[0, 1], mae_scale=[np.nan, 2], mse_scale=[np.nan, 4])
    assert Mase().score(rows) == 0.5


def test_when_no_series_has_a_scale_then_the_score_is_undefined() -> None:
    assert math.isnan(Mase().score(scored([5], [5], mae_scale=[np.nan])))


def test_when_a_series_has_no_naive2_then_owa_leaves_it_out() -> None:
    rows = scored([4, 8], [100, 9], series=[0, 1], mae_scale=[1, 2], naive2=[np.nan, 9])
    assert Owa().score(rows) == 1.0


def test_when_the_forecast_is_naive2_itself_then_owa_is_one() -> None:
    rows = scored([4, 8, 0], [3, 9, 2], series=[0, 1, 2], mae_scale=[1, 2, 0], naive2=[3, 9, 2])
    assert Owa().score(rows) == 1.0


@pytest.mark.parametrize("metric", [Wape(), Bias(), Mase(), Rmsse(), Smape(), Owa()])
def test_when_numbers_are_too_large_to_add_then_the_score_is_undefined_and_not_infinite(metric: Metric) -> None:
    huge = scored([1e308, 1e308], [0, 0], mae_scale=[1, 1], mse_scale=[1, 1], naive2=[1, 1])
    assert not math.isinf(metric.score(huge))


def test_when_series_are_few_of_many_then_their_numbers_do_not_matter() -> None:
    few = scored([5, 8, 9], [6, 10, 9], series=[90_000, 5, 5], mae_scale=[1, 2, 2])
    assert Mase().score(few) == (1 + 0.5) / 2


def test_when_an_error_is_exactly_the_tolerance_then_it_counts_as_within() -> None:
    assert Within(tolerance=0.1).score(scored([0.3, 10], [0.33, 12])) == pytest.approx(0.3 / 10.3)


def test_when_a_series_without_scale_has_no_number_for_a_forecast_then_it_is_not_passed_over() -> None:
    assert math.isnan(Mase().score(scored([5, 8], [np.nan, 9], series=[0, 1], mae_scale=[np.nan, 2])))


def test_when_only_naive2_is_defined_for_a_series_then_neither_mase_of_owa_counts_it() -> None:
    rows = scored([4, 8], [5, 9], series=[0, 1], mae_scale=[0, 2], naive2=[4, 9])
    smape = (200 / 9 + 200 / 17) / (200 / 17)
    assert Owa().score(rows) == pytest.approx((smape + 1) / 2)
