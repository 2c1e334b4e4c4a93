"""Leaderboard, pairs and the best by segment on losses made by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import ConfigError, DataError
from forecastlab.stages.compare import best_by_segment, leaderboard, pairwise


def method(name: str, wapes: Sequence[float], role: str = "select", failed: Sequence[int] = ()) -> pd.DataFrame:
    """Losses with the given WAPE in each fold; every fold holds 100 of money and 4 rows."""
    n = len(wapes)
    start = "2024-01-07" if role == "select" else "2024-10-06"
    return pd.DataFrame(
        {
            "method": name,
            "role": role,
            "cutoff": pd.date_range(start, periods=n, freq="4W-SUN"),
            "loss": np.array(wapes) * 100,
            "weight": 100.0,
            "n": 4,
            "n_ok": [3 if fold in failed else 4 for fold in range(n)],
        }
    )


NAIVE = method("naive", [0.30, 0.34, 0.31, 0.33, 0.29, 0.35])
THETA = method("theta", [0.20, 0.23, 0.21, 0.22, 0.20, 0.24])
ETS = method("ets", [0.21, 0.22, 0.20, 0.24, 0.21, 0.23])
ALL = pd.concat([NAIVE, THETA, ETS, method("theta", [0.25, 0.27], "test"), method("ets", [0.2, 0.2], "test")])


def board(losses: pd.DataFrame, overlap: int = 0) -> pd.DataFrame:
    return leaderboard(losses, "naive", 0.05, overlap).set_index("method")


def test_when_methods_are_ranked_then_the_selection_folds_decide_and_the_test_folds_stand_beside() -> None:
    found = board(ALL)
    assert found.index.tolist() == ["theta", "ets", "naive"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["wape.select"].tolist() == pytest.approx([1.30 / 6, 1.31 / 6, 1.92 / 6])
    assert found["wape.test"].tolist()[:2] == pytest.approx([0.26, 0.2])
    assert math.isnan(found.loc["naive", "wape.test"])


def test_when_a_method_beats_the_baseline_by_far_then_it_is_clear_and_the_interval_leaves_out_nothing() -> None:
    found = board(ALL)
    assert found.loc["theta", "diff"] == pytest.approx(-0.62 / 6)
    assert found.loc["theta", "hi"] < 0
    assert found["evidence"].tolist() == ["clear", "clear", "baseline"]


def test_when_two_methods_are_alike_then_they_are_tied_and_the_far_one_is_not() -> None:
    assert board(ALL)["tied_with_best"].to_dict() == {"theta": True, "ets": True, "naive": False}


def test_when_folds_differ_in_money_then_the_difference_is_that_of_the_wapes() -> None:
    weight = np.array([50.0, 100, 150, 80, 120, 400])
    uneven = pd.concat([frame.assign(weight=weight, loss=frame["loss"] * weight / 100) for frame in (NAIVE, ETS)])
    found = board(uneven)
    assert found.loc["ets", "diff"] == pytest.approx(
        found.loc["ets", "wape.select"] - found.loc["naive", "wape.select"]
    )


def test_when_origins_are_too_few_then_no_interval_is_given_and_it_says_so() -> None:
    few = pd.concat([NAIVE.head(2), THETA.head(2)])
    found = board(few)
    assert found.loc["theta", "evidence"] == "not enough origins"
    assert found.loc["theta", ["lo", "hi", "p"]].isna().all()
    assert found["tied_with_best"].all()
    assert board(pd.concat([NAIVE, THETA]), overlap=3).loc["theta", "evidence"] == "not enough origins"


def test_when_a_method_failed_in_a_fold_then_it_cannot_win_and_is_compared_on_the_others() -> None:
    lucky = method("lucky", [0.01, 9.99, 0.01, 0.02, 0.01, 0.01], failed=[1])
    found = board(pd.concat([ALL, lucky]))
    assert found.index.tolist() == ["theta", "ets", "naive", "lucky"]
    row = found.loc["lucky"]
    assert (row["n_origins"], row["n_failed"], row["evidence"], row["tied_with_best"]) == (5, 1, "failed folds", False)
    assert row["wape.select"] == pytest.approx(0.06 / 5)
    assert row["diff"] == pytest.approx((0.06 - 1.58) / 5)


def test_when_a_fold_is_missing_altogether_then_it_counts_as_failed() -> None:
    found = board(pd.concat([ALL, method("lucky", [0.01] * 5)]))
    assert found.loc["lucky", ["rank", "n_failed"]].tolist() == [4, 1]


def test_when_a_failed_method_is_added_then_what_is_said_of_the_others_stays() -> None:
    lucky = method("lucky", [0.01] * 6, failed=[0])
    pd.testing.assert_frame_equal(board(pd.concat([ALL, lucky])).head(3), board(ALL))


def test_when_all_have_failed_folds_then_there_is_still_a_board() -> None:
    found = board(pd.concat([method("naive", [0.3] * 4, failed=[0]), method("theta", [0.2] * 4, failed=[3])]))
    assert found["evidence"].tolist() == ["failed folds", "baseline"]


def test_when_a_method_is_the_baseline_in_disguise_then_the_difference_is_nothing_and_they_tie() -> None:
    found = board(pd.concat([NAIVE, NAIVE.assign(method="same")]))
    assert found.loc["same", ["diff", "lo", "hi", "p"]].tolist() == [0, 0, 0, 1]
    assert found["tied_with_best"].all()
    assert found.loc["same", "evidence"] == "cannot be told apart"


def test_when_nothing_was_sold_then_a_wrong_forecast_is_undefined_and_never_first() -> None:
    nothing = pd.concat([NAIVE.assign(loss=0.0, weight=0.0), THETA.assign(weight=0.0)])
    found = board(nothing)
    assert found.index.tolist() == ["naive", "theta"]
    assert found.loc["naive", "wape.select"] == 0
    assert math.isnan(found.loc["theta", "wape.select"])
    assert found.loc["theta", "evidence"] == "undefined"


def test_when_the_baseline_is_unknown_then_the_error_names_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"there is no method theto, there are .*did you mean theta"):
        leaderboard(ALL, "theto", 0.05, 0)


def test_when_methods_foretold_different_sales_then_they_are_not_compared() -> None:
    with pytest.raises(DataError, match="different sales"):
        board(pd.concat([NAIVE, THETA.assign(weight=99.0)]))


def test_when_a_fold_comes_twice_then_it_is_an_error() -> None:
    with pytest.raises(DataError, match="twice"):
        board(pd.concat([NAIVE, NAIVE.head(1)]))


def test_when_rows_are_shuffled_then_the_board_stays() -> None:
    pd.testing.assert_frame_equal(board(ALL), board(ALL.sample(frac=1, random_state=1)))


def test_when_pairs_are_compared_then_each_stands_once_with_the_better_first() -> None:
    found = pairwise(ALL, 0.05, 0)
    assert list(zip(found["a"], found["b"], strict=True)) == [("theta", "ets"), ("theta", "naive"), ("ets", "naive")]
    assert (found["diff"] <= 0).all()
    assert (found["p_holm"] >= found["p"]).all()
    assert found["n"].tolist() == [6, 6, 6]


def test_when_the_losses_of_two_methods_change_places_then_the_difference_turns_its_sign() -> None:
    there = pairwise(pd.concat([NAIVE, THETA]), 0.05, 1).iloc[0]
    swapped = pd.concat([NAIVE.assign(method="theta"), THETA.assign(method="naive")])
    back = leaderboard(swapped, "naive", 0.05, 1).set_index("method").loc["theta"]
    assert back["diff"] == pytest.approx(-there["diff"])
    assert (back["lo"], back["hi"], back["p"]) == pytest.approx((-there["hi"], -there["lo"], there["p"]))


def test_when_there_is_one_method_then_there_are_no_pairs() -> None:
    assert pairwise(NAIVE, 0.05, 0).empty


@pytest.mark.parametrize(
    ("losses", "overlap", "verdict"),
    [
        ([THETA, ETS, NAIVE], 0, "theta, but ets cannot be told apart"),
        ([THETA, ETS, ETS.assign(method="arima"), NAIVE], 0, "theta, but arima and ets cannot be told apart"),
        ([THETA, *(ETS.assign(method=m) for m in "vwxy")], 0, "theta, but 4 others cannot be told apart"),
        ([THETA, NAIVE], 0, "theta, clearly"),
        ([THETA, NAIVE], 3, "theta, but 6 origins are not enough to tell"),
        ([THETA], 0, "theta, the only method"),
        ([THETA, ETS.assign(n_ok=3)], 0, "theta, the only method without failed folds"),
        ([THETA.assign(n_ok=3)], 0, "theta, but every method has failed folds"),
        ([THETA.assign(weight=0.0)], 0, "nothing was sold: no method can be called best"),
    ],
)
def test_when_segments_are_judged_then_the_verdict_says_how_sure_it_is(
    losses: list[pd.DataFrame], overlap: int, verdict: str
) -> None:
    found = best_by_segment(pd.concat(losses).assign(segment="loyal"), 0.05, overlap)
    assert found["verdict"].tolist() == [verdict]


def test_when_segments_differ_then_each_has_its_own_best() -> None:
    turned = pd.concat([NAIVE.assign(method="theta"), THETA.assign(method="naive")])
    both = pd.concat([pd.concat([NAIVE, THETA]).assign(segment="loyal"), turned.assign(segment="new")])
    found = best_by_segment(both, 0.05, 0).set_index("segment")
    assert found["best"].to_dict() == {"loyal": "theta", "new": "naive"}
    assert found["runner_up"].to_dict() == {"loyal": "naive", "new": "theta"}
    assert found["wape"].tolist() == pytest.approx([1.3 / 6, 1.3 / 6])
