"""The gate's bars, with figures that can be worked out by hand."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from forecastlab.flow.outcome import Facts, Outcome
from forecastlab.recipe import build, compose
from forecastlab.task.finding import FEW
from forecastlab.task.gate import findings

SETTINGS = build(compose([])).settings
GATE, COMPARE = SETTINGS.promote, SETTINGS.compare
QUALITY = {"rows_in": 100, "dropped": {}}
WEEKS = pd.date_range("2024-01-07", periods=40, freq="W-SUN")


def outcome(error_a, error_b, folds=10, width=30.0, role="test", **facts):
    """Two segments, each of 100 a week; method errors ``error_a`` and ``error_b`` too low; one period per fold."""
    rows = []
    for i in range(folds):
        for segment, error in (("a", error_a), ("b", error_b)):
            off = error[i] if isinstance(error, list) else error
            rows.append(("segment", segment, f"segment={segment}", WEEKS[i], WEEKS[i + 1], 100.0, 100.0 - off))
        total = sum(row[6] for row in rows[-2:])
        rows.append(("total", "", "total", WEEKS[i], WEEKS[i + 1], 200.0, total))
    frame = pd.DataFrame(rows, columns=["level", "segment", "unique_id", "cutoff", "ds", "y", "yhat"])
    frame = frame.assign(role=role, step=1, mae_scale=10.0, source="model")
    frame["q0.1"], frame["q0.9"] = frame["yhat"] - width, frame["yhat"] + width
    told = {
        "name": "m", "key": "k", "choices": {"segmentation": "rfm"}, "overrides": [], "oracle": False,
        "folds": {"test": [folds, folds]}, "failed": {}, "failed_roles": {}, "sources": {"model": len(frame)},
        "quantile_sources": {}, "n_fallback": 0, "n_clipped": 0, "seconds": 0.0, "peak_mb": 0.0, "season": 1,
        "account": {}, "aside": {}, "notes": [], "data": {},
    }  # fmt: skip
    nothing = pd.DataFrame()
    return Outcome(Facts(**told | facts), frame, nothing, nothing, nothing, nothing, nothing, nothing)


def bars(challenger, champion=None, quality=QUALITY, number=1, **changes):
    gate = dataclasses.replace(GATE, **{"coverage": (0.65, 1.0)} | changes)  # no interval here is too narrow
    return {each.name: each for each in findings(challenger, champion, quality, number, gate, COMPARE)}


def test_when_there_is_no_champion_then_the_absolute_bars_alone_count():
    found = bars(outcome(8, 8))
    assert set(found) == {"error", "coverage", "quality", "looks"} and all(each.passed for each in found.values())
    assert found["error"].numbers["error"] == pytest.approx(0.08)  # 16 of 200 each week
    assert found["coverage"].numbers == {"coverage": 1.0, "rows": 20}


@pytest.mark.parametrize(("error", "passed"), [(9.9, True), (10.1, False)])
def test_when_the_error_weighted_by_money_is_above_the_ceiling_then_it_fails(error, passed):
    assert bars(outcome(error, error))["error"].passed is passed


def test_when_it_is_clearly_better_over_enough_origins_then_it_passes():
    worse = outcome([12, 14, 12, 14, 12, 14, 12, 14, 12, 14], 12)
    better = bars(outcome(8, 8), worse)["better"]
    # The champion loses 24 or 26 of 200, the challenger 16: -8 or -10, on average -9 of 200.
    assert better.passed and better.numbers["difference"] == pytest.approx(-0.045) and not better.label
    assert better.numbers["origins"] == 10 and better.numbers["pairs"] == 20
    assert better.numbers["high"] < 0


def test_when_the_difference_may_be_luck_then_it_fails_however_many_origins_there_are():
    mixed = outcome([4, 12, 4, 12, 4, 12, 4, 12, 4, 13], 8)
    better = bars(outcome(8, 8), mixed)["better"]
    assert not better.passed and better.numbers["difference"] < 0 < better.numbers["high"]


@pytest.mark.parametrize(("error", "passed"), [(8.4, True), (8.6, False)])
def test_when_origins_are_few_then_it_may_be_worse_within_the_margin_and_is_labelled(error, passed):
    found = bars(outcome(error, error, folds=7), outcome(8, 8, folds=7))["better"]
    assert found.passed is passed and found.label == FEW and "7 origins, 8 are needed" in found.words


def test_when_one_segment_with_money_is_served_worse_then_it_fails_although_the_whole_is_better():
    found = bars(outcome(10.1, 2), outcome(8, 8))
    assert found["better"].passed and not found["segments"].passed
    assert found["segments"].numbers == {"a": pytest.approx(0.021), "b": pytest.approx(-0.06)}
    assert bars(outcome(10.1, 2), outcome(8, 8), share=0.6)["segments"].label == "not compared"


def test_when_the_two_cut_customers_in_different_ways_then_they_meet_at_the_total():
    other = outcome(12, 12, choices={"segmentation": "lifecycle"})
    found = bars(outcome(8, 8), other)
    assert "(total)" in found["better"].words and found["better"].numbers["pairs"] == 10
    assert found["segments"].passed and found["segments"].label == "not compared"


def test_when_intervals_hold_too_little_or_are_not_there_then_coverage_fails():
    found = bars(outcome([8, 8, 8, 8, 8, 40, 40, 40, 40, 40], 8))["coverage"]
    assert found.numbers["coverage"] == pytest.approx(0.75) and found.passed
    assert not bars(outcome(40, 8))["coverage"].passed  # a half
    assert not bars(outcome(8, 8), coverage=(0.65, 0.95))["coverage"].passed  # all: wider than they claim to be
    bare = outcome(8, 8)
    bare = dataclasses.replace(bare, forecasts=bare.forecasts.drop(columns=["q0.1", "q0.9"]))
    assert "no intervals" in bars(bare)["coverage"].words


def test_when_rows_fell_out_forecasts_fell_back_or_folds_failed_then_quality_fails():
    assert not bars(outcome(8, 8), quality={"rows_in": 100, "dropped": {"no date": (6, 0)}})["quality"].passed
    assert bars(outcome(8, 8), quality={"rows_in": 100, "dropped": {"no date": (5, 0)}})["quality"].passed
    assert not bars(outcome(8, 8, sources={"model": 90, "fallback": 10}))["quality"].passed
    assert not bars(outcome(8, 8, failed={"2024-01-07": "it broke"}))["quality"].passed


def test_when_looks_are_limited_then_too_many_fail_and_else_they_are_told():
    told, refused = bars(outcome(8, 8), number=9), bars(outcome(8, 8), number=9, looks=8)
    assert told["looks"].passed and "looked at 9 times" in told["looks"].words
    assert not refused["looks"].passed and "8 are allowed" in refused["looks"].words


def test_when_only_selection_folds_are_there_then_nothing_confirms_and_it_fails():
    found = bars(outcome(8, 8, role="select"))
    assert not found["error"].passed and "type backtest.test=3" in found["error"].words
    assert bars(outcome(8, 8, role="select"), folds="all")["error"].passed
