"""The list of customers: tiers, money at stake, reasons, and how early they were flagged."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema.customers import CustomerPast
from forecastlab.stages.customer_list import customer_list, lead_times, shares, tier_shares, tiers
from forecastlab.stages.reasons import reason, reasons


def test_when_customers_are_cut_into_tiers_then_equal_money_stays_together():
    found = tiers(pd.Series([100.0, 50, 50, 40, 30, 20, 10, 5, 1, 0]))
    assert found.tolist() == [*["high"] * 3, *["mid"] * 2, *["low"] * 5]


def past(kind):
    known = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "money": [500.0, 90.0],
            "money_recent": [10.0, 60.0],
            "money_before": [40.0, 0.0],
            "rhythm": [9.5, np.nan],
            "basket": [50.0, 90.0],
        }
    )
    return CustomerPast(known, known, ("money",), (), kind, "silence", 0.5, 28, 14, ())


def test_when_a_customer_may_leave_then_the_better_of_two_windows_is_at_stake():
    scores = pd.DataFrame({"unique_id": ["a", "b"], "segment": ["x", "x"], "yhat": [0.9, 0.5]})
    terms = pd.DataFrame(
        {
            "unique_id": ["a", "a", "b"],
            "rank": [1, 2, 1],
            "driver": ["feedback.complaint.count", "overdue", "recency"],
            "value": ["1", "0.4", "3"],
            "term": [2.0, 0.5, -1.0],
        }
    )
    found = customer_list(scores, past("event"), terms).set_index("unique_id")
    assert found["stake"].to_dict() == pytest.approx({"a": 0.9 * 40 * 2, "b": 0.5 * 60 * 2})
    assert found["contribution"].to_dict() == {"a": 250.0, "b": 45.0}
    assert found.loc["a", ["drivers", "reason"]].tolist() == ["feedback.complaint.count, overdue", "service"]
    assert found.loc["b", ["drivers", "reason"]].tolist() == ["", ""]  # nothing raises it
    assert shares(found).to_dict() == {"service": 1.0}


def test_when_value_is_foretold_then_the_score_is_the_stake_and_tiers_hold_their_share_of_what_came():
    scores = pd.DataFrame({"unique_id": ["a", "b"], "segment": ["x", "x"], "yhat": [10.0, 70.0]})
    found = customer_list(scores, past("amount"), pd.DataFrame())
    assert found["unique_id"].tolist() == ["b", "a"] and found["stake"].tolist() == [70.0, 10.0]
    came = scores.assign(cutoff=pd.Timestamp("2024-01-01"), y=[25.0, 75.0])
    held = tier_shares(found, came).set_index("tier")["share"]
    assert held["mid"] == pytest.approx(0.75) and held.sum() == pytest.approx(1.0)


def test_when_a_wait_is_foretold_then_the_money_of_that_share_of_the_horizon_is_at_stake():
    scores = pd.DataFrame({"unique_id": ["a", "b"], "segment": ["x", "x"], "yhat": [7.0, 28.0]})
    found = customer_list(scores, past("wait"), pd.DataFrame()).set_index("unique_id")
    # A quarter of a horizon that is worth twice 40, and all of one that is worth twice 60.
    assert found["stake"].to_dict() == pytest.approx({"a": 20.0, "b": 120.0})
    assert found.loc["a", ["tier", "rhythm"]].tolist() == ["mid", 9.5] and np.isnan(found.loc["b", "rhythm"])


def test_when_a_driver_is_named_then_it_belongs_to_one_group():
    named = {
        "complaints.product.count": "product",
        "feedback.complaint.count": "service",
        "complaints.price.recency": "price",
        "events.redemption.count": "price",
        "campaigns.Type A.count": "price",
        "competitor.visit.count": "competition",
        "breadth.product": "rhythm",
        "basket": "rhythm",
        "orders_recent": "rhythm",
        "age": "person",
    }
    assert {name: reason(name) for name in named} == named


def test_when_somebody_gave_a_reason_then_it_is_named_before_the_silence_and_a_complaint_not_made_is_none():
    rows = [
        # Silence adds more, but a complained; of two complaints the one that adds more is the reason.
        ("a", "overdue", "3.0", 2.0),
        ("a", "complaints.price.count", "1", 0.3),
        ("a", "complaints.service.count", "2", 0.5),
        # b never complained: that its absence raises the score is the weight's sign, and no reason.
        ("b", "overdue", "3.0", 0.1),
        ("b", "complaints.price.count", "0", 0.6),
        ("b", "complaints.service.recency", "nan", 0.7),
        # What lowers the score of c is no reason, and nothing else raises it.
        ("c", "complaints.product.count", "1", -0.2),
    ]
    terms = pd.DataFrame(rows, columns=["unique_id", "driver", "value", "term"])
    assert reasons(terms).to_dict() == {"a": "service", "b": "rhythm"}


def test_when_a_customer_was_flagged_without_a_break_then_the_lead_is_counted_from_the_first_flag():
    days = pd.to_datetime(["2024-01-07", "2024-01-14", "2024-01-21"])
    rows = [
        # Flags are the one highest of two at each cutoff: a on the 14th and 21st, b on the 7th.
        ("a", 0.2, 0),
        ("a", 0.8, 0),
        ("a", 0.9, 1),
        ("b", 0.7, 0),
        ("b", 0.1, 0),
        ("b", 0.1, 1),
    ]
    frame = pd.DataFrame(rows, columns=["unique_id", "yhat", "y"]).assign(cutoff=[*days, *days])
    found = lead_times(frame, 0.5).set_index("unique_id")["days"]
    assert found["a"] == 7 and np.isnan(found["b"])
