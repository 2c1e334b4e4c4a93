"""What is drawn of uplifts: the curve and the tenths, by hand, and why there is nothing without a control group."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.stages import uplift
from forecastlab.stages.plots.save import save_all
from forecastlab.stages.plots.uplift import qini

NOTHING = pd.DataFrame()


def forecasts(treated, role="select"):
    """Customers: the higher the score, the likelier a reaction because of it."""
    n = len(treated)
    score = np.linspace(0.5, -0.5, n)
    y = np.where((np.arange(n) < n // 2) == (np.asarray(treated) == 1), 1.0, 0.0)
    return pd.DataFrame(
        {"unique_id": [f"c{i}" for i in range(n)], "level": "customer", "segment": "", "role": role}
        | {"cutoff": pd.Timestamp("2024-03-31"), "y": y, "yhat": score, "treated": treated}
    )


ARMS = np.tile([1.0, 0.0], 50)  # a hundred customers, fifty of each arm, five in each tenth


def test_when_the_first_half_is_persuaded_and_the_second_put_off_then_the_curve_rises_and_falls():
    found = uplift.arms(forecasts(ARMS), "select")
    share, gained = uplift.curve(found, 5)
    # 50 approached in all. Half of the list: 25 of 25 approached reacted, 0 of 25 held out: 25 / 50. At its end 25 of
    # 50 approached reacted and 25 of 50 held out: nothing is gained on balance. A quarter holds 13 approached, 12 not.
    assert share.tolist() == [0, 0.25, 0.5, 0.75, 1]
    np.testing.assert_allclose(gained, [0, 13 / 50, 0.5, (25 - 12 * 38 / 37) / 50, 0])
    assert found.average == 0


def test_when_tenths_are_told_then_each_has_the_rates_of_both_arms():
    rows = uplift.tenths(uplift.arms(forecasts(ARMS), "select"))
    assert rows["came"].tolist() == [1.0] * 5 + [-1.0] * 5
    assert rows["approached"].tolist() == [1.0] * 5 + [0.0] * 5 and rows["held"].tolist() == [0.0] * 5 + [1.0] * 5
    assert rows["foretold"].is_monotonic_decreasing


def test_when_the_figures_are_told_then_each_lies_in_its_interval():
    sure = uplift.sure(uplift.arms(forecasts(ARMS), "select"), 0.05)
    assert sure["top"].value == 1.0 and sure["qini"].low > 0
    assert all(each.low <= each.value <= each.high for each in sure.values())


@pytest.mark.parametrize("treated", [np.ones(120), np.full(120, np.nan), ARMS[:98]])
def test_when_an_arm_is_empty_or_small_then_nothing_is_judged_and_the_picture_says_why(treated):
    rows = forecasts(treated)
    assert uplift.arms(rows, "select") is None and uplift.arms(rows.drop(columns="treated"), "select") is None
    words = [text.get_text() for text in qini(rows).texts]
    assert "In no folds were enough customers approached and enough others held out." in words


def test_when_a_run_is_of_uplifts_then_its_pictures_are_the_curve_and_the_tenths(tmp_path):
    both = pd.concat([forecasts(ARMS), forecasts(ARMS, "test")], ignore_index=True)
    paths = save_all(tmp_path, both, NOTHING, NOTHING, NOTHING, "two_models", of="uplift")
    assert [path.name for path in paths] == ["1_qini.png", "2_uplift_by_tenths.png"]
