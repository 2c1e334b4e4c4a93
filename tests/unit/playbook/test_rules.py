"""Rules act on customers: who is met, what it costs to the cent, and what is refused; numbers computed by hand."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.playbook._budget import dealt, pots
from forecastlab.playbook.rules import Rule, Rules
from forecastlab.schema import ConfigError, Roster

CUSTOMERS = pd.DataFrame(
    {
        "unique_id": ["a", "b", "c", "d", "e"],
        "segment": ["active", "declining", "declining", "new", "active"],
        "tier": ["high", "high", "mid", "low", "high"],
        "score": [0.9, 0.5, 0.8, 0.2, 0.49],
        "stake": [100.0, 50.0, 80.0, 3.0, 60.0],
        "drivers": ["recency, overdue", "", "basket", "", ""],
        "reason": ["rhythm", "", "price", "", ""],
    }
)
SEGMENTS = ("new", "active", "declining")


def rule(**changed):
    usual = {"stage": None, "tier": None, "at_least": None, "below": None, "action": "call", "channel": "phone"}
    return Rule(**usual | {"share": 0.5, "saved": 0.5, "most": None} | changed)


def book(budget=100.0, of=("silence",), **rules):
    return Rules(of, budget, rules)


def play(rules, meaning="silence"):
    return rules.play(Roster(CUSTOMERS, SEGMENTS, meaning))


def test_when_a_rule_bounds_stage_tier_and_probability_then_it_meets_who_is_within_all_three():
    met = rule(stage=("active", "declining"), tier=("high",), at_least=0.5).meets(CUSTOMERS)
    assert list(CUSTOMERS["unique_id"][met]) == ["a", "b"]
    assert list(CUSTOMERS["unique_id"][rule(below=0.5).meets(CUSTOMERS)]) == ["d", "e"]


def test_when_a_pot_is_dealt_then_it_goes_by_expected_value_and_sums_to_the_cent():
    # 100.00 × 0.5 = 50.00 for a (100 × 0.5) and b (50 × 0.5): 2 : 1, that is 33.33 and 16.67 (larger remainder up).
    table = play(book(best=rule(tier=("high",), at_least=0.5))).table
    assert table[["unique_id", "budget"]].to_numpy().tolist() == [["a", 33.33], ["b", 16.67]]
    assert list(table["reason"]) == ["rhythm: recency, overdue", ""]
    assert list(table["rule"]) == ["best", "best"] and list(table["value"]) == [100.0, 50.0]


def test_when_nobody_may_have_more_than_a_bound_then_the_others_get_what_is_left():
    # 90.00 to weights 6 : 2 : 1 would be 60, 20, 10; with 30.00 at most: 30, then 60 to 2 : 1 = 40 → 30, and 30.
    assert dealt(9000, np.array([6.0, 2.0, 1.0]), 3000).tolist() == [3000, 3000, 3000]
    assert dealt(9000, np.array([6.0, 2.0, 1.0]), 4500).tolist() == [4500, 3000, 1500]
    assert dealt(9001, np.array([6.0, 2.0, 1.0]), 3000).tolist() == [3000, 3000, 3000]


def test_when_cents_do_not_divide_then_the_largest_remainders_get_one_more():
    assert pots(100, [1 / 3, 1 / 3, 1 / 3]) == [34, 33, 33]
    assert pots(10001, [0.5, 0.3, 0.2]) == [5001, 3000, 2000]  # 5000.5, 3000.3, 2000.2
    assert dealt(10, np.array([1.0, 1.0, 1.0]), None).tolist() == [4, 3, 3]
    assert dealt(10, np.array([0.0, 0.0]), None).tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_when_budgets_are_dealt_among_many_then_every_cent_is_there_once(seed):
    rng = np.random.default_rng(seed)
    weights, cents = rng.gamma(0.3, 100, 5000), int(rng.integers(1, 10**9))
    found = dealt(cents, weights, None)
    assert found.sum() == cents and (found >= 0).all()
    assert (np.abs(found - cents * weights / weights.sum()) < 1 + 1e-6).all()
    shares = [0.1, 0.2, 0.3, 0.15, 0.25]
    assert sum(pots(cents, shares)) == cents


def test_when_shares_sum_to_one_and_every_rule_meets_somebody_then_the_whole_budget_is_spent():
    told = play(book(33.35, a=rule(tier=("high",), share=0.7), b=rule(tier=("mid", "low"), share=0.3)))
    assert round(told.table["budget"].sum() * 100) == 3335 and len(told.table) == 5


def test_when_no_rule_meets_a_customer_then_it_is_counted_and_told():
    notes = play(book(best=rule(tier=("high",), at_least=0.5))).notes
    assert "customers whom no rule meets: 3 of 5; nothing is done about them" in notes
    assert "budget 100.00: 50.00 given away, 50.00 left" in notes
    assert "rule best meets 2 of the customers: 50.00 of 50.00 given away, expected value 75.00" in notes


def test_when_more_is_spent_than_can_come_of_it_then_the_rule_is_named():
    rules = {"best": rule(tier=("high",), at_least=0.5), "rest": rule(below=0.5)}  # 75.00 and 31.50 are expected
    told = play(book(150.0, **rules)).notes
    assert "rule rest gives away more than it is expected to bring" in told
    assert not any(note.startswith("rule best gives") for note in told)
    assert any(note.startswith("rule best gives") for note in play(book(150.02, **rules)).notes)


def test_when_a_rule_meets_nobody_then_its_pot_is_left_and_told():
    told = play(book(best=rule(at_least=0.5), none=rule(tier=("mid",), below=0.1)))
    assert "rule none meets 0 of the customers: 0.00 of 50.00 given away, expected value 0.00" in told.notes


def test_when_nothing_is_at_stake_then_nothing_is_spent():
    losing = CUSTOMERS.assign(stake=-1.0)
    told = book(of=("uplift",), all=rule(share=1.0)).play(Roster(losing, SEGMENTS, "uplift"))
    assert told.table["budget"].sum() == 0 and len(told.table) == 5


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        ({"a": rule(share=0.6), "b": rule(share=0.6, tier=("low",))}, "too-many-shares", "1.2"),
        ({"a": rule(at_least=0.5, below=0.5)}, "unreachable-rule", "at least 0.5 and below 0.5"),
        ({"a": rule(tier=())}, "unreachable-rule", "names none"),
        ({"a": rule(tier=("high",)), "b": rule(at_least=0.5)}, "overlapping-rules", "tier high, probability from 0.5"),
        ({"a": rule(below=0.6), "b": rule(at_least=0.5)}, "overlapping-rules", "a and b both meet"),
    ],
)
def test_when_rules_do_not_fit_together_then_they_are_named(rules, code, words):
    faults = [fault for fault in book(**rules).mistakes() if fault.code == code]
    assert faults and any(words in fault.what for fault in faults)


@pytest.mark.parametrize(
    "rules",
    [
        {"a": rule(below=0.5), "b": rule(at_least=0.5)},
        {"a": rule(tier=("high",)), "b": rule(tier=("mid", "low"))},
        {"a": rule(stage=("new",)), "b": rule(stage=("active",))},
        {"a": rule(share=0.1), "b": rule(share=0.9, below=-1.0, at_least=None)} | {"a": rule(at_least=-1.0, share=0.1)},
    ],
)
def test_when_rules_lie_side_by_side_then_nothing_is_wrong(rules):
    assert not list(book(**rules).mistakes())


def test_when_money_has_parts_of_a_cent_then_it_is_refused():
    faults = list(book(10.005, a=rule(most=0.001)).mistakes())
    assert [fault.where for fault in faults if fault.code == "finer-than-cents"] == ["budget", "rules.a.most"]


@pytest.mark.parametrize(
    ("rules", "meaning", "code"),
    [
        (book(a=rule(stage=("declinin",))), "silence", "unknown-stage"),
        (book(a=rule()), "purchase", "wrong-playbook"),
        (book(of=("amount",), a=rule(at_least=0.5)), "amount", "no-probability"),
    ],
)
def test_when_rules_ask_for_what_scores_are_not_then_it_is_refused(rules, meaning, code):
    with pytest.raises(ConfigError) as found:
        play(rules, meaning)
    assert [fault.code for fault in found.value.faults] == [code]
    assert all(fault.fix for fault in found.value.faults)


def test_when_a_stage_is_misspelt_then_the_nearest_is_named():
    with pytest.raises(ConfigError, match="did you mean declining"):
        play(book(a=rule(stage=("declinin",))))
