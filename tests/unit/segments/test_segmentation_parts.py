import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import ConfigError
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.random import RandomSegments
from forecastlab.segmentation.rfm import Rfm

DAYS = Lifecycle("days", 14, 42, "8 weeks", "4 weeks", "8 weeks", 8, False)
RHYTHM = Lifecycle("rhythm", 2, 5, "8 weeks", "4 weeks", "8 weeks", 8, False)


def profile(**known):
    usual = {
        "customer_id": "a",
        "recency": 3,
        "tenure": 200,
        "frequency": 2,
        "money": 20.0,
        "orders_total": 30,
        "rhythm": 7.0,
        "last_gap": 7.0,
        "longest_gap": 9.0,
    }
    return pd.DataFrame([usual | known])


@pytest.mark.parametrize(
    ("known", "stage"),
    [
        ({"recency": 43, "longest_gap": 50.0, "tenure": 50}, "lost"),
        ({"recency": 42}, "declining"),
        ({"recency": 15, "longest_gap": 50.0}, "declining"),
        ({"recency": 14, "longest_gap": 43.0}, "returning"),
        ({"recency": 14, "longest_gap": 42.0}, "active"),
        ({"tenure": 28}, "new"),
        ({"tenure": 29}, "active"),
        ({"tenure": 57, "frequency": 8}, "mature"),
        ({"tenure": 56, "frequency": 8}, "active"),
        ({"tenure": 57, "frequency": 7}, "active"),
        ({"tenure": 0, "recency": 0, "longest_gap": np.nan}, "new"),
    ],
)
def test_when_a_profile_lies_on_either_side_of_a_threshold_then_the_stage_is_as_documented(known, stage):
    assert DAYS.fit(profile()).assign(profile(**known)).tolist() == [stage]


@pytest.mark.parametrize(
    ("known", "stage"),
    [
        ({"recency": 30, "rhythm": 20.0}, "active"),
        ({"recency": 30, "rhythm": 14.0}, "declining"),
        ({"recency": 30, "rhythm": 5.0}, "lost"),
        ({"recency": 30, "rhythm": np.nan}, "declining"),  # the usual rhythm is 10 days
        ({"longest_gap": 36.0, "rhythm": 7.0}, "returning"),
    ],
)
def test_when_the_unit_is_the_rhythm_then_silence_is_measured_by_the_customers_own(known, stage):
    past = pd.concat([profile(rhythm=rhythm) for rhythm in (4.0, 10.0, 90.0, np.nan)], ignore_index=True)
    assert RHYTHM.fit(past).assign(profile(**known)).tolist() == [stage]


def test_when_nobody_has_bought_twice_then_no_silence_is_long():
    once = profile(rhythm=np.nan, longest_gap=np.nan, recency=500, tenure=500)
    assert RHYTHM.fit(once).assign(once).tolist() == ["active"]


CUTS = {"recency": (5.0, 10.0), "frequency": (1.0, 3.0), "money": (10.0, 20.0)}
GRADES = {"best": {"recency": (3, 3), "money": (2, 3)}, "often": {"frequency": (2, 3)}, "rest": {}}


def test_when_cut_points_are_given_then_values_on_them_get_the_score_below():
    profiles = pd.concat(
        [
            profile(recency=5, frequency=1, money=10.0),
            profile(recency=6, frequency=2, money=10.01),
            profile(recency=11, frequency=4, money=-3.0),
        ],
        ignore_index=True,
    )
    assigner = Rfm(None, 3, CUTS, GRADES).fit(profiles)
    assert assigner.scores(profiles).to_numpy().tolist() == [[3, 1, 1], [2, 2, 2], [1, 3, 1]]
    assert assigner.assign(profiles).tolist() == ["rest", "often", "often"]


def test_when_a_customer_did_not_buy_in_the_window_then_all_scores_are_lowest_and_the_cuts_ignore_it():
    buyers = pd.concat(
        [profile(recency=r, frequency=f, money=m) for r, f, m in [(1, 5, 9.0), (2, 6, 8.0), (9, 7, 7.0)]]
    )
    gone = profile(recency=200, frequency=0, money=0.0)
    everybody = pd.concat([buyers, gone], ignore_index=True)
    assigner = Rfm("13 weeks", 3, None, GRADES).fit(everybody)
    assert assigner == Rfm("13 weeks", 3, None, GRADES).fit(buyers.reset_index(drop=True))
    assert assigner.scores(everybody).iloc[-1].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (Rfm(None, 3, None, {"some": {"money": (2, 3)}}), "no-grade"),
        (Rfm(None, 3, CUTS | {"money": (20.0, 10.0)}, GRADES), "bad-cuts"),
        (Rfm(None, 4, CUTS, GRADES), "bad-cuts"),
        (Rfm(None, 3, {"money": (1.0, 2.0)}, GRADES), "bad-cuts"),
        (Lifecycle("days", 14, 42, "8 weeks", "a while", "8 weeks", 8, False), "bad-duration"),
    ],
)
def test_when_a_segmentation_cannot_be_used_then_the_error_says_which_key(part, code):
    with pytest.raises(ConfigError) as caught:
        part.fit(profile())
    assert caught.value.faults[0].code == code
    assert caught.value.faults[0].where.startswith("segmentation.")


def crowd(n):
    stages = [{"recency": 50}, {"recency": 20}, {}, {"tenure": 5}]
    return pd.concat(
        [profile(customer_id=f"c{i}", **stages[i % 4]) for i in range(4)] * (n // 4), ignore_index=True
    ).assign(customer_id=[f"c{i}" for i in range(n)])


def test_when_segments_are_drawn_by_lot_then_their_sizes_are_those_of_the_other_segmentation():
    profiles = crowd(4_000)
    shares = RandomSegments(DAYS, 1).fit(profiles).assign(profiles).value_counts(normalize=True)
    like = DAYS.fit(profiles).assign(profiles).value_counts(normalize=True)
    for i, stage in enumerate(DAYS.segments):
        assert shares.get(f"random_{i + 1}", 0) == pytest.approx(like.get(stage, 0), abs=0.03)


def test_when_segments_are_drawn_by_lot_then_the_lot_is_fixed_by_id_and_seed():
    profiles = crowd(40)
    first = RandomSegments(DAYS, 1).fit(profiles).assign(profiles)
    assert first[:6].tolist() == ["random_4", "random_2", "random_2", "random_1", "random_1", "random_5"]
    assert (RandomSegments(DAYS, 2).fit(profiles).assign(profiles) != first).any()
