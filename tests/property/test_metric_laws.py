"""Laws that hold for every forecast."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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

LEVELS = (0.1, 0.5, 0.9)
FREE: dict[str, tuple[Metric, float]] = {
    "wape": (Wape(), 0.0),
    "bias": (Bias(), 0.0),
    "mase": (Mase(), 0.0),
    "rmsse": (Rmsse(), 0.0),
    "smape": (Smape(), 0.0),
    "mape": (Mape(), 0.0),
    "owa": (Owa(), 0.0),
    "within": (Within(tolerance=0.1), 1.0),
    "coverage": (Coverage(level=0.8), 1.0),
    "width": (Width(level=0.8), 0.0),
    "msis": (Msis(level=0.8), 0.0),
}
"""Metrics without a unit, and their best score."""
IN_UNITS: dict[str, tuple[Metric, float]] = {
    "mae": (Mae(), 0.0),
    "rmse": (Rmse(), 0.0),
    "pinball": (Pinball(levels=LEVELS), 0.0),
}
ALL: Mapping[str, tuple[Metric, float]] = FREE | IN_UNITS


@st.composite
def rows(draw: st.DrawFn) -> Scored:
    n = draw(st.integers(1, 20))
    cents = draw(arrays(np.int64, (6, n), elements=st.integers(0, 10**6), fill=st.sampled_from([0, 100])))
    money = cents / 100
    series = draw(arrays(np.intp, n, elements=st.integers(0, 3), fill=st.just(0)))
    mae = draw(arrays(float, 4, elements=st.sampled_from([0.0, 0.07, 1.0, 25.0, 3e4, math.nan])))
    by_level = dict(zip(LEVELS, np.sort(money[3:], axis=0), strict=True))
    return Scored(money[0], money[1], series, mae[series], 2 * np.square(mae)[series], money[2], by_level)


def scaled(scored: Scored, factor: float) -> Scored:
    return Scored(
        scored.y * factor,
        scored.yhat * factor,
        scored.series,
        scored.mae_scale * factor,
        scored.mse_scale * factor**2,
        scored.naive2 * factor,
        {level: values * factor for level, values in scored.quantiles.items()},
    )


def same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or a == pytest.approx(b, rel=1e-9, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(scored=rows(), power=st.integers(-20, 20))
def test_when_money_is_counted_in_another_unit_then_scores_without_a_unit_stay(scored: Scored, power: int) -> None:
    other = scaled(scored, 2.0**power)
    for name, (metric, _) in FREE.items():
        assert same(metric.score(scored), metric.score(other)), name
    for name, (metric, _) in IN_UNITS.items():
        assert same(metric.score(scored) * 2.0**power, metric.score(other)), name


@settings(deadline=None, max_examples=60)
@given(scored=rows(), random=st.randoms(use_true_random=False))
def test_when_rows_are_shuffled_and_series_renumbered_then_every_score_stays(scored: Scored, random: object) -> None:
    order = list(range(len(scored)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = scored.take(np.array(order))
    renamed = Scored(
        mixed.y, mixed.yhat, 1000 - 7 * mixed.series, mixed.mae_scale, mixed.mse_scale, mixed.naive2, mixed.quantiles
    )
    for name, (metric, _) in ALL.items():
        assert same(metric.score(scored), metric.score(renamed)), name


@settings(deadline=None, max_examples=60)
@given(scored=rows())
def test_when_the_forecast_is_the_truth_then_every_defined_score_is_the_best(scored: Scored) -> None:
    y = scored.y
    exact = Scored(y, y, scored.series, scored.mae_scale, scored.mse_scale, scored.naive2, dict.fromkeys(LEVELS, y))
    for name, (metric, best) in ALL.items():
        score = metric.score(exact)
        needs_scale = name in ("mase", "rmsse", "msis", "owa")
        assert score == best or (needs_scale and not (scored.mae_scale > 0).any() and math.isnan(score)), name


@settings(deadline=None, max_examples=60)
@given(scored=rows())
def test_when_forecasts_are_any_then_scores_are_in_their_range_and_never_infinite(scored: Scored) -> None:
    for name, (metric, _) in ALL.items():
        score = metric.score(scored)
        assert not math.isinf(score), name
        assert math.isnan(score) or score < 1e13, name
        if name != "bias":
            assert not score < 0, name
        if name in ("coverage", "within"):
            assert not score > 1, name
    assert Smape().score(scored) <= 200


@settings(deadline=None, max_examples=60)
@given(scored=rows())
def test_when_forecasts_are_any_then_bias_is_no_larger_than_wape(scored: Scored) -> None:
    wape, bias = Wape().score(scored), Bias().score(scored)
    assert math.isnan(wape) or abs(bias) <= wape * (1 + 1e-9) + 1e-12
