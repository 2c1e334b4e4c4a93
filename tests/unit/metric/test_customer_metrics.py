"""Measures of the top of a list, worked out by hand."""

import numpy as np
import pytest

from forecastlab.metric.capture import Capture
from forecastlab.metric.lift import Lift
from forecastlab.metric.precision import Precision
from forecastlab.schema import Scored


def scored(y, yhat):
    nothing = np.full(len(y), np.nan)
    return Scored(np.array(y, float), np.array(yhat, float), np.arange(len(y)), nothing, nothing, nothing, {})


def test_when_the_top_fifth_holds_both_events_of_ten_then_lift_is_five():
    rows = scored([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.arange(10, 0, -1))
    assert Lift(share=0.2).score(rows) == pytest.approx(5.0)
    assert Precision(share=0.2).score(rows) == pytest.approx(1.0)


def test_when_scores_at_the_border_are_equal_then_a_fitting_fraction_counts():
    rows = scored([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.5])  # one for sure, and one third of the three at .5
    assert Precision(share=0.5).score(rows) == pytest.approx((1 + 1 / 3) / 2)


def test_when_the_best_were_foretold_second_best_then_their_share_of_the_best_money_is_captured():
    rows = scored([100, 60, 30, 10, -5], [1, 2, 0, 0, 0])
    assert Capture(share=0.2).score(rows) == pytest.approx(60 / 100)


def test_when_nobody_had_the_event_then_nothing_is_said():
    rows = scored([0, 0, 0], [0.1, 0.2, 0.3])
    assert np.isnan([Lift(share=0.1).score(rows), Precision(share=0.1).score(rows)]).all()
