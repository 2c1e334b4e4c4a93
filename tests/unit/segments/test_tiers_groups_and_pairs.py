"""Demographic groups, value tiers and crossed segmentations, by hand."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import ConfigError, Segmenter
from forecastlab.segmentation.clv_tier import ClvTier
from forecastlab.segmentation.demographic import Demographic
from forecastlab.segmentation.kmeans import KMeans
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.none import NoSegments
from forecastlab.segmentation.product import Product
from forecastlab.segmentation.random import RandomSegments

TIERS = ClvTier("8 weeks", {"high": 0.2, "mid": 0.3, "low": 0.5})
AGES = Demographic("age", {"young": ("19-24", "25-34"), "older": ("65+",)})
LIFECYCLE = Lifecycle("days", 14, 42, "8 weeks", "4 weeks", "8 weeks", 8, False)


def spent(*money, frequency=1):
    return pd.DataFrame({"money": np.array(money, dtype=float), "frequency": frequency})


def test_when_ten_customers_spent_differently_then_tiers_have_their_shares():
    profiles = spent(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    assigner = TIERS.fit(profiles)
    assert assigner.thresholds == (9.0, 6.0)
    assert assigner.assign(profiles).tolist() == ["low"] * 5 + ["mid"] * 3 + ["high"] * 2


@pytest.mark.parametrize(
    ("money", "tiers"),
    [
        ((5, 5, 5, 1, 1), ["high", "high", "high", "low", "low"]),  # equal money is never torn apart
        ((4, 4, 4, 4), ["high"] * 4),
        ((3,), ["high"]),
        ((9, 1), ["high", "low"]),  # one fifth and one half of two customers: the first of them
        ((9, 5, 1), ["high", "mid", "low"]),
    ],
)
def test_when_money_is_equal_or_customers_few_then_the_better_tier_takes_them(money, tiers):
    profiles = spent(*money)
    assert TIERS.fit(profiles).assign(profiles).tolist() == tiers


def test_when_somebody_did_not_buy_in_the_window_then_the_last_tier_has_them_and_thresholds_ignore_them():
    bought, gone = spent(10, 5, 1), spent(0, 0, 0, 0, frequency=0)
    everybody = pd.concat([gone, bought], ignore_index=True)
    assert TIERS.fit(everybody) == TIERS.fit(bought)
    assert TIERS.fit(everybody).assign(everybody).tolist() == ["low"] * 4 + ["high", "mid", "low"]
    # Returns without a purchase are negative money of somebody who did not buy.
    assert TIERS.fit(bought).assign(spent(100, frequency=0)).tolist() == ["low"]


def test_when_there_is_one_tier_then_everybody_is_in_it():
    one = ClvTier(None, {"all_of_them": 1.0})
    assert one.fit(spent(1, 2)).assign(spent(1, 2)).tolist() == ["all_of_them"] * 2


def test_when_values_are_grouped_then_the_rest_is_other_and_a_missing_one_unstated():
    profiles = pd.DataFrame({"age": ["19-24", "25-34", "65+", "35-44", None]}, index=[7, 8, 9, 10, 11])
    found = AGES.fit(profiles).assign(profiles)
    assert found.to_dict() == {7: "young", 8: "young", 9: "older", 10: "other", 11: "unstated"}
    assert AGES.segments == ("young", "older", "other", "unstated")
    assert AGES.attributes == ("age",)


def test_when_nobody_has_a_value_then_everybody_is_unstated():
    profiles = pd.DataFrame({"age": [None, None]}, dtype=object)
    assert AGES.fit(profiles).assign(profiles).tolist() == ["unstated"] * 2


def people():
    return pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "recency": [3, 20, 50],
            "tenure": [10, 200, 200],
            "frequency": [1, 9, 0],
            "money": [5.0, 90.0, 0.0],
            "longest_gap": [np.nan, 5.0, np.nan],
            "rhythm": [np.nan, 5.0, 5.0],
            "age": ["65+", "19-24", None],
        }
    )


def test_when_two_segmentations_are_crossed_then_each_customer_has_the_pair():
    crossed = Product(LIFECYCLE, TIERS)
    assert crossed.fit(people()).assign(people()).tolist() == ["new__low", "declining__high", "lost__low"]
    assert len(crossed.segments) == 18 and crossed.segments[0] == "new__high"
    assert crossed.window == "8 weeks" and crossed.attributes == ()


@pytest.mark.parametrize("second", [AGES, NoSegments(), RandomSegments(AGES, 1), Product(AGES, NoSegments())])
def test_when_one_has_no_window_to_choose_then_it_goes_with_any_other(second):
    assert isinstance(second, Segmenter)
    assert Product(LIFECYCLE, second).window == Product(second, LIFECYCLE).window == "8 weeks"
    assert Product(second, AGES).window is None


def test_when_windows_are_the_same_in_other_words_then_they_agree():
    assert Product(LIFECYCLE, ClvTier("56 days", TIERS.shares)).window == "8 weeks"
    assert Product(ClvTier(None, TIERS.shares), ClvTier(None, {"rich": 0.5, "poor": 0.5})).window is None


@pytest.mark.parametrize(
    ("second", "typed"),
    [
        (ClvTier("13 weeks", TIERS.shares), "segmentation.second.window='8 weeks'"),
        (ClvTier(None, TIERS.shares), "segmentation.second.window='8 weeks'"),
        (RandomSegments(ClvTier("13 weeks", TIERS.shares), 1), "segmentation.second.like.window='8 weeks'"),
    ],
)
def test_when_windows_differ_then_the_error_says_what_to_type(second, typed):
    with pytest.raises(ConfigError) as caught:
        _ = Product(LIFECYCLE, second).window
    assert caught.value.faults[0].code == "two-windows" and typed in caught.value.faults[0].fix


def test_when_attributes_are_asked_for_by_both_then_each_is_read_once():
    clusters = KMeans("8 weeks", ("age", "events.count", "money"), True, 2, 2, 2, 100, 1, 0)
    assert Product(AGES, clusters).attributes == ("age", "events.count")
    assert RandomSegments(AGES, 1).attributes == ("age",)


def test_when_two_pairs_would_have_one_name_then_that_is_refused():
    one = ClvTier(None, {"a": 0.5, "a__b": 0.5})
    two = ClvTier(None, {"c": 0.5, "b__c": 0.5})
    with pytest.raises(ConfigError, match="a__b__c"):
        Product(one, two).fit(people())


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        (ClvTier(None, {"high": 0.2, "low": 0.7}), ["bad-shares"]),
        (ClvTier(None, {"new": 0.2, "low": 0.9}), ["bad-shares", "reserved-name"]),
        (Demographic("age", {"other": ("a",), "new": ("b",)}), ["reserved-name"] * 2),
        (Demographic("age", {"one": ("a", "b"), "two": ("b",)}), ["in-two-groups"]),
        (KMeans(None, ("money", "money"), True, None, 5, 3, 100, 1, 0), ["bad-range", "duplicate-column"]),
    ],
)
def test_when_a_segmentation_contradicts_itself_then_every_fault_is_told(part, codes):
    with pytest.raises(ConfigError) as caught:
        part.fit(people())
    assert [fault.code for fault in caught.value.faults] == codes
    assert all(fault.where.startswith("segmentation.") for fault in caught.value.faults)


def test_when_groups_are_asked_of_a_number_then_another_segmentation_is_named():
    counts = Demographic("events.count", {"many": ("9",)})
    profiles = pd.DataFrame({"events.count": [1, 9]})
    with pytest.raises(ConfigError, match="segmentation=kmeans"):
        counts.fit(profiles).assign(profiles)
