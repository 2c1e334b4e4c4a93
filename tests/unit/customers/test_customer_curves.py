"""Scores of customers beside what came, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.stages.customer_curves import by_cutoff, held, tenths

FIRST, SECOND = pd.Timestamp("2024-01-07"), pd.Timestamp("2024-02-04")


def test_when_rates_drift_then_each_cutoff_tells_who_was_asked_what_came_and_what_was_said():
    rows = pd.DataFrame(
        {
            "cutoff": [SECOND, FIRST, FIRST, FIRST, SECOND],
            "role": ["test", "select", "select", "select", "test"],
            "y": [1.0, 0, 1, 0, 1],
            "yhat": [0.5, 0.2, 0.3, 0.1, 0.7],
        }
    )
    found = by_cutoff(rows)
    assert found["cutoff"].tolist() == [FIRST, SECOND] and found["role"].tolist() == ["select", "test"]
    assert found["asked"].tolist() == [3, 2]
    assert found["came"].tolist() == pytest.approx([1 / 3, 1]) and found["told"].tolist() == pytest.approx([0.2, 0.6])


def test_when_twenty_are_listed_then_each_tenth_is_the_mean_of_two_and_the_top_holds_its_share():
    score = np.arange(20) / 20
    rows = pd.DataFrame({"yhat": score, "y": np.where(score > 0.7, 10.0, 0.0)}).sample(frac=1, random_state=1)
    told, came = tenths(rows)
    assert told[:2] == pytest.approx([0.025, 0.125])
    assert came.tolist() == [0, 0, 0, 0, 0, 0, 0, 5, 10, 10]
    # Five of twenty brought all of it: the first tenth held two of the five, a quarter of the list everything.
    assert held(rows, "yhat")[[0, 10, 25, 100]] == pytest.approx([0, 0.4, 1, 1])
