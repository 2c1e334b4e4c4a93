"""What every metric must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Metric, Scored

Floats = NDArray[np.float64]
Check = Callable[[Metric], None]
ROWS, STEPS = 60, 4
TREATED = (np.arange(ROWS) % 3 > 0).astype(float)
"""Who of the rows was approached; measures of other things do not look at it."""


def a_perfect_forecast_is_best(metric: Metric) -> None:
    """The truth itself gets the best score there is, and no forecast that is badly off is scored better."""
    y = _truth(metric)
    told = _perfect(metric, y)
    far = 1 - told if _of_events(metric) else told[::-1] * 3 + 40
    perfect = _distance(metric, _scored(y, told, metric.levels))
    worse = _distance(metric, _scored(y, far, metric.levels, spread=25.0))
    assert perfect <= worse, f"{perfect} from the best for the truth, {worse} for a forecast far off"
    # How often intervals hold is not told by perfect ones, and a measure without a bound has no best.
    if not (hasattr(metric, "target") and (metric.levels or math.isinf(metric.target))):
        assert perfect == 0, f"the truth is scored {perfect} away from the best"


def rows_have_no_order(metric: Metric) -> None:
    """The score does not depend on the order of the rows, nor on how the series are numbered."""
    scored = _noisy(metric)
    turned = scored.take(np.random.default_rng(3).permutation(len(scored)))
    renumbered = replace(turned, series=1000 - turned.series)
    expected = metric.score(scored)
    assert math.isclose(metric.score(turned), expected, rel_tol=1e-9), "another order, another score"
    assert math.isclose(metric.score(renumbered), expected, rel_tol=1e-9), "other numbers, another score"


def it_only_looks(metric: Metric) -> None:
    """Scoring twice gives the same bits and changes nothing."""
    scored = _noisy(metric)
    arrays = [scored.y, scored.yhat, scored.series, scored.mae_scale, scored.mse_scale, scored.naive2]
    for array in [*arrays, *scored.quantiles.values()]:
        array.setflags(write=False)
    assert metric.score(scored) == metric.score(scored), "twice the same rows, two scores"


def it_is_a_number_or_undefined_never_infinite(metric: Metric) -> None:
    """Zeros, huge values and missing scales give a number or NaN; an infinite score would sink every average."""
    y, zero = _truth(), np.zeros(ROWS)
    cases = {
        "nothing sold, something foretold": _scored(zero, y, metric.levels),
        "something sold, nothing foretold": _scored(y, zero, metric.levels),
        "no scale": _scored(y, y + 1, metric.levels, scale=np.nan),
        "a scale of zero": _scored(y, y + 1, metric.levels, scale=0.0),
        "huge": _scored(y * 1e300, -y * 1e300, metric.levels),
        "tiny": _scored(y * 1e-300, y * 2e-300, metric.levels),
        "a forecast that is no number": _scored(y, np.where(np.arange(ROWS) == 5, np.nan, y), metric.levels),
        "no rows": _scored(y, y, metric.levels).take(np.zeros(ROWS, dtype=bool)),
    }
    for case, scored in cases.items():
        with np.errstate(all="ignore"):
            score = metric.score(scored)
        assert isinstance(score, float), f"{case}: the score is a {type(score).__name__}"
        assert not math.isinf(score), f"{case}: the score is infinite"


def nothing_sold_and_nothing_foretold_is_not_wrong(metric: Metric) -> None:
    """Where nothing was sold and nothing foretold, a measure of the point forecast has its best score.

    One of customers may be undefined: where nobody did anything, nobody could be told apart. One without a bound has no
    best score; nothing is as good as it gets.
    """
    zero = np.zeros(ROWS)
    score = metric.score(replace(_scored(zero, zero, metric.levels, scale=0.0), naive2=zero))
    if metric.levels or ("series" not in getattr(metric, "of", ("series",)) and math.isnan(score)):
        assert not math.isinf(score), "infinite"
    else:
        best = getattr(metric, "target", 0.0)
        assert score == (0.0 if math.isinf(best) else best), f"0/0 is scored {score}"


def missing_quantiles_are_undefined(metric: Metric) -> None:
    """Without the quantile levels that it needs, the score is NaN; a metric that needs none does not miss them."""
    y = _truth(metric)
    score = metric.score(_scored(y, 0.5 * y if _of_events(metric) else y + 1, ()))
    assert math.isnan(score) == bool(metric.levels), f"without quantiles the score is {score}"


def _of_events(metric: Metric) -> bool:
    return getattr(metric, "of", ("series",)) in (("event",), ("uplift",))


def _perfect(metric: Metric, y: Floats) -> Floats:
    """The truth, or for uplifts the order in hindsight: who reacted when approached first, when held out last."""
    return y * (2 * TREATED - 1) if getattr(metric, "of", ()) == ("uplift",) else y


def _truth(metric: Metric | None = None) -> Floats:
    found = np.random.default_rng(1).gamma(2, 30, ROWS) + 1
    return (found > np.median(found)).astype(float) if metric is not None and _of_events(metric) else found


def _noisy(metric: Metric) -> Scored:
    y = _truth(metric)
    noise = np.random.default_rng(2)
    yhat = noise.uniform(size=ROWS) if _of_events(metric) else y + noise.normal(0, 12, ROWS)
    return _scored(y, yhat, metric.levels, spread=15.0)


def _scored(y: Floats, yhat: Floats, levels: Sequence[float], scale: float = 11.0, spread: float = 0.0) -> Scored:
    series = np.arange(ROWS) // STEPS
    scales = scale * (1 + series.astype(float))
    quantiles = {level: yhat + spread * (level - 0.5) for level in levels}
    return Scored(y, yhat, series, scales, scales**2, _truth() * 1.3 + 5, quantiles, TREATED)


def _distance(metric: Metric, scored: Scored) -> float:
    """How far from the best score, at least 0."""
    score = metric.score(scored)
    if hasattr(metric, "target") and math.isinf(metric.target):
        return -score
    return abs(score - metric.target) if hasattr(metric, "target") else score


CHECKS: tuple[Check, ...] = (
    a_perfect_forecast_is_best,
    rows_have_no_order,
    it_only_looks,
    it_is_a_number_or_undefined_never_infinite,
    nothing_sold_and_nothing_foretold_is_not_wrong,
    missing_quantiles_are_undefined,
)
