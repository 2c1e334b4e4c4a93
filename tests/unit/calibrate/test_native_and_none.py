"""The calibrators that learn nothing from earlier errors."""

import pandas as pd

from forecastlab.calibrate.native import Native
from forecastlab.calibrate.none import Uncalibrated
from forecastlab.schema import quantile_columns

PAST = pd.DataFrame({"unique_id": [], "yhat": [], "y": []})
NOW = pd.DataFrame(
    {
        "unique_id": ["own", "fell-back"],
        "yhat": [10.0, 20.0],
        "q0.1": [12.0, None],
        "q0.9": [-3.0, 30.0],
        "naive_q0.1": [-1.0, -5.0],
        "naive_q0.9": [1.0, 5.0],
    }
)


def test_when_the_model_has_quantiles_then_they_are_taken_in_order_and_the_rest_is_labelled() -> None:
    out = Native(nonnegative=False).calibrate(PAST, NOW, (0.9, 0.1))
    assert out["q0.1"].tolist() == [-3, 15]
    assert out["q0.9"].tolist() == [12, 25]
    assert out["q_source"].tolist() == ["native", "bootstrap"]
    assert out["q_n"].tolist() == [0, 0]


def test_when_sales_cannot_be_negative_then_quantiles_are_not() -> None:
    assert Native(nonnegative=True).calibrate(PAST, NOW, (0.1, 0.9))["q0.1"].tolist() == [0, 15]


def test_when_no_quantiles_are_wanted_then_there_are_none() -> None:
    out = Uncalibrated().calibrate(PAST, NOW, (0.1, 0.9))
    assert quantile_columns(out) == {}
    assert out["q_source"].tolist() == ["none", "none"]
    assert out["q_n"].tolist() == [0, 0]


def test_when_a_calibrator_is_asked_then_it_says_whether_models_must_make_quantiles() -> None:
    assert (Native(nonnegative=True).native, Uncalibrated().native) == (True, False)
