"""What watches find, on numbers that were computed by hand or by scipy."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from forecastlab.monitor._chance import above, cusum, limit_of, run_length
from forecastlab.monitor.bias import Bias
from forecastlab.monitor.coverage import Coverage, correlation
from forecastlab.monitor.drift import Drift, stability
from forecastlab.monitor.error import Error
from forecastlab.schema import Evidence
from forecastlab.schema.origins import apart
from forecastlab.stages.watching import NO_INPUTS, known_by, look

WEEKS = pd.date_range("2024-01-07", periods=60, freq="W-SUN")
ERROR = Error(windows=(1,), min_origins=3, false_alarms=0.01, raises="alarm")
BIAS = Bias(shift=1.0, min_origins=3, false_alarms=0.01, raises="alarm")
COVERAGE = Coverage(level=0.8, slack=0.0, window=10, false_alarms=0.01, raises="alarm")


def told(misses, first=0, step=1, steps=1):
    """One series of which 100 is foretold at each origin; ``misses`` are the errors by origin."""
    rows = [
        {
            "unique_id": "total",
            "level": "total",
            "segment": "",
            "cutoff": WEEKS[first + i * step],
            "ds": WEEKS[first + i * step + k],
            "step": k,
            "yhat": 100.0,
            "y": 100.0 + miss,
            "q0.1": 90.0,
            "q0.9": 110.0,
        }
        for i, miss in enumerate(misses)
        for k in range(1, steps + 1)
    ]
    return pd.DataFrame(rows)


def evidence(band, live, inputs=NO_INPUTS, trained=WEEKS[30], now=WEEKS[-1]):
    return Evidence(band, live, inputs, trained, now, "series")


def test_when_origins_share_periods_then_only_those_apart_count():
    assert list(apart(told([0] * 6, steps=3))) == [WEEKS[0], WEEKS[3]]
    assert len(apart(told([0] * 6, steps=1))) == 6


def test_when_one_new_error_is_judged_then_the_chance_is_that_of_a_prediction_interval():
    before = np.array([10, -12, 8, -9, 11, -10], dtype=float)
    (found,) = ERROR.watch(evidence(told(before), told([30], first=30)))
    past = (np.abs(before) / (100 + before)) ** (2 / 3)
    t = ((30 / 130) ** (2 / 3) - past.mean()) / (past.std(ddof=1) * math.sqrt(1 + 1 / 6))
    assert found.p == pytest.approx(stats.t.sf(t, 5))
    assert found.value == pytest.approx(30 / 130)
    assert found.expected == pytest.approx(np.median(past**1.5))
    assert "23.1% of sales" in found.words and "6 origins" not in found.words


def test_when_only_the_first_step_is_over_then_it_is_held_against_first_steps():
    band = told([1, 1.1, 0.9, 1], step=3, steps=2)
    band.loc[band["step"] == 2, "y"] = [180.0, 150.0, 170.0, 160.0]  # far steps are far off, and that is usual
    late = told([5], first=30, steps=1)
    (found,) = ERROR.watch(evidence(band, late))
    assert found.expected == pytest.approx(1 / 101, rel=0.1)
    assert found.p < 0.001


def test_when_a_lead_time_is_not_in_the_backtest_then_it_is_left_out():
    live = told([5], first=30, steps=2)
    assert [f.p for f in ERROR.watch(evidence(told([1, 2, 3, 4]), live[live["step"] == 2]))] == [
        pytest.approx(math.nan, nan_ok=True)
    ]


def test_when_the_backtest_has_few_origins_then_nothing_is_said_and_why():
    (found,) = ERROR.watch(evidence(told([1, 2]), told([50], first=30)))
    assert math.isnan(found.p) and "fewer than 3 origins" in found.words


def test_when_two_windows_are_tried_then_both_are_paid_for():
    both = Error(windows=(1, 2), min_origins=3, false_alarms=0.01, raises="alarm")
    band, live = told([10, -12, 8, -9, 11, -10]), told([30, 30], first=30)
    alone = Error(windows=(2,), min_origins=3, false_alarms=0.01, raises="alarm").watch(evidence(band, live))[0].p
    assert both.watch(evidence(band, live))[0].p == pytest.approx(2 * alone)


def test_when_scores_add_up_then_the_sum_is_pages():
    assert list(cusum(np.array([1.0, 2.0, -3.0, 1.5]), 0.5)) == [0.5, 2.0, 0.0, 1.0]


@pytest.mark.parametrize(("limit", "published"), [(3.0, 118), (4.0, 336), (5.0, 930)])
def test_when_nothing_changes_then_run_lengths_are_those_of_the_literature(limit, published):
    """Montgomery, Introduction to Statistical Quality Control, table 9.4: one-sided, k = 0.5 (twice the two-sided)."""
    assert run_length(limit, 0.5) == pytest.approx(published, rel=0.03)
    assert limit_of(1 / run_length(limit, 0.5), 0.5) == pytest.approx(limit, abs=1e-6)


def test_when_sales_stay_above_then_the_sum_grows_and_the_words_say_where():
    band = told([1, -2, 3, -1, 0, 2, -3, 1])
    found = [BIAS.watch(evidence(band, told([6] * n, first=30)))[0] for n in (1, 2, 3)]
    assert found[0].p > found[1].p > found[2].p
    assert "above the forecasts for 3 origins" in found[2].words
    (below,) = BIAS.watch(evidence(band, told([-6] * 3, first=30)))
    assert below.value < 0 and "below the forecasts" in below.words


def test_when_misses_do_not_come_together_then_coverage_is_the_binomial_test():
    rng = np.random.default_rng(1)
    band = told(np.where(rng.random(12) < 0.2, 50, 0))
    live = told([50, 50, 50, 0], first=30)
    (found,) = COVERAGE.watch(evidence(band, live))
    assert found.value == 0.25
    # one row per origin: nothing comes together, every origin is a look
    assert found.p == pytest.approx(stats.binom.cdf(1, 4, 0.8))


def test_when_an_origin_is_all_or_none_then_its_rows_count_as_one():
    band = told([50, 0, 0, 0, 0], step=4, steps=4)
    assert correlation(band.assign(hit=band["y"] < 110)) == pytest.approx(1.0)
    (found,) = COVERAGE.watch(evidence(band, told([50], first=30, steps=4)))
    assert found.p == pytest.approx(0.2)  # one look that missed, not four


def test_when_the_correlation_is_asked_then_it_is_that_of_an_analysis_of_variance():
    hits = [[1, 1, 1, 0], [0, 0, 1, 0], [1, 1, 1, 1], [0, 1, 1, 0]]
    frame = pd.DataFrame([{"cutoff": WEEKS[i], "hit": bool(hit)} for i, row in enumerate(hits) for hit in row])
    groups = np.array(hits, dtype=float)
    between = 4 * groups.mean(axis=1).var(ddof=1)
    within = groups.var(axis=1, ddof=1).mean()
    assert correlation(frame) == pytest.approx((between - within) / (between + 3 * within))


def test_when_a_mix_moves_then_the_index_is_the_published_formula():
    old, new = np.array([[50, 50]]), np.array([[80, 20]])
    assert stability(old, new) == pytest.approx(0.3 * math.log(1.6) + (-0.3) * math.log(0.4))


def drift(**changes):
    values = {"window": 2, "reference": 6, "min_windows": 4, "psi": 0.1, "change": 0.1, "share": 0.02}
    return Drift(topic="inputs", false_alarms=0.01, raises="warning", **(values | changes))


def figure(values, kind="level"):
    frame = pd.DataFrame({"ds": WEEKS[: len(values)], "value": values})
    return frame.assign(topic="inputs", name="visits", kind=kind, bin="")


def test_when_a_level_halves_then_it_is_told_with_both_figures():
    rng = np.random.default_rng(5)
    values = np.append(rng.normal(100, 5, 31), [50.0, 50.0])
    (found,) = drift().watch(evidence(told([0]), told([0]), figure(values), now=WEEKS[32]))
    assert found.p < 0.001 and found.value == 50
    assert "50 over the last 2 periods" in found.words
    assert look({"inputs": drift()}, evidence(told([0]), told([0]), figure(values)))["state"].tolist() == ["warning"]


def test_when_a_change_is_sure_but_small_then_it_is_no_finding():
    values = np.append(np.tile([100.0, 100.2], 16)[:31], [104.0, 104.0])
    assert drift().watch(evidence(told([0]), told([0]), figure(values)))[0].p == 1.0
    assert drift(change=0.01).watch(evidence(told([0]), told([0]), figure(values)))[0].p < 0.001


def test_when_new_periods_are_not_over_then_it_is_too_early():
    values = np.append(np.full(31, 100.0), [50.0])
    (found,) = drift().watch(evidence(told([0]), told([0]), figure(values)))
    assert math.isnan(found.p) and "1 of 2 new periods" in found.words


def test_when_an_earlier_date_is_asked_then_what_came_later_is_not_known():
    whole = evidence(told([1, 2, 3, 4]), told([0, 0, 50], first=30, step=2))
    before = known_by(whole, WEEKS[33])
    assert list(before.live["y"]) == [100.0, 100.0]
    assert look({"error": ERROR}, before)["p"].iloc[0] > look({"error": ERROR}, whole)["p"].iloc[0]


def test_when_several_things_are_looked_at_then_the_chance_accounts_for_it():
    band = pd.concat([told([1, -2, 3, -1, 2]).assign(level="segment", segment=s, unique_id=s) for s in "abc"])
    live = pd.concat([told([4], first=30).assign(level="segment", segment=s, unique_id=s) for s in "abc"])
    found = look({"error": ERROR}, evidence(band, live))
    assert list(found["p_holm"]) == pytest.approx(list(np.minimum(3 * found["p"], 1)))


def test_when_t_is_far_then_its_tail_is_scipys():
    assert above(4.0, 7) == pytest.approx(stats.t.sf(4.0, 7))
