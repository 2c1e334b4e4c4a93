"""What becomes of a member's fallback in a combination."""

import numpy as np
import pandas as pd

from forecastlab.combine.mean import Mean
from forecastlab.combine.median import Median
from forecastlab.stages.settle import combine, heard, remember, said


def answer(yhat, source):
    n = len(yhat)
    return pd.DataFrame(
        {
            "unique_id": [f"s{i}" for i in range(n)],
            "segment": "",
            "cutoff": pd.Timestamp("2024-01-31"),
            "ds": pd.Timestamp("2024-02-29"),
            "step": 1,
            "yhat": np.array(yhat, dtype=float),
            "source": source,
        }
    )


ANSWERS = {
    "a": answer([10, 10, 10], ["model", "model", "fallback"]),
    "b": answer([20, 20, 20], ["model", "model", "fallback"]),
    "c": answer([60, 90, 90], ["model", "fallback", "fallback"]),
}


def test_when_a_member_fell_back_then_it_says_what_the_others_say_on_average():
    np.testing.assert_array_equal(heard(ANSWERS)["c"], [60, 15, 90])
    np.testing.assert_array_equal(heard(ANSWERS)["a"], [10, 10, 10])


def test_when_a_member_fell_back_then_the_others_alone_are_combined():
    np.testing.assert_allclose(combine(ANSWERS, Mean(), None)["yhat"], [30, 15, 40])
    np.testing.assert_allclose(combine(ANSWERS, Median(), None)["yhat"], [20, 15, 20])


def test_when_all_members_fell_back_then_and_only_then_the_combination_did():
    assert combine(ANSWERS, Mean(), None)["source"].tolist() == ["model", "model", "fallback"]


def test_when_what_members_said_is_kept_then_a_fallback_is_not_held_against_a_member():
    truth = ANSWERS["a"][["unique_id", "ds"]].assign(y=[1.0, 2.0, 3.0])
    reference = ANSWERS["a"][["unique_id", "ds"]].assign(mae_scale=1.0)
    np.testing.assert_array_equal(remember(ANSWERS, truth, reference)[said("c")], [60, 15, 90])
