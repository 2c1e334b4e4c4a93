"""Formulas of customer value, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.customer._worth import life_cycle_revenue, life_cycle_value, time_alive
from forecastlab.customer.dcf import Dcf
from forecastlab.customer.formula import Formula
from forecastlab.customer.simple import Simple
from forecastlab.customer.time_weighted import TimeWeighted
from forecastlab.schema import ConfigError
from forecastlab.schema.customers import LABEL, CustomerPast


def customer(**values):
    usual = {"customer_id": "a", "tenure": 99, "orders": 4, "money": 200.0, "basket": 50.0, "recency": 9}
    usual |= {"orders_recent": 2, "money_recent": 80.0, "money_before": 60.0, "won_for": 15.0}
    return pd.DataFrame([usual | values])


def past(days=50, window=20, margin=1.0, labels=(0.0, 10.0)):
    rows = pd.concat([customer()] * len(labels), ignore_index=True).assign(**{LABEL: labels})
    return CustomerPast(rows, rows, ("money",), (), "amount", "purchase", margin, days, window, ())


def score(method, given, row):
    return float(method.fit(given).score(row).values[0])


def test_when_the_worked_example_is_computed_then_a_customer_is_worth_150_and_a_thousand_150000():
    revenue = life_cycle_revenue(np.full(1000, 30.0), churn=0.10)  # 10 % leave in each period: 10 periods of 30
    value = life_cycle_value(revenue, np.full(1000, 100.0), np.full(1000, 50.0))
    assert revenue[0] == pytest.approx(300)
    assert value[0] == pytest.approx(150)
    assert value.sum() == pytest.approx(150_000)


def test_when_revenue_goes_on_at_its_pace_then_the_formula_takes_the_costs_off():
    # 200 in 100 days is 2 a day, 100 in the 50 days ahead.
    assert score(Formula(acquisition=30.0, retention=20.0), past(), customer()) == pytest.approx(50)
    assert score(Formula(acquisition="won_for", retention=0.0), past(), customer()) == pytest.approx(85)
    assert score(Formula(acquisition=0.0, retention=0.0), past(margin=0.2), customer()) == pytest.approx(20)


def test_when_a_cost_is_called_by_a_wrong_name_then_the_right_one_is_offered():
    with pytest.raises(ConfigError, match="did you mean won_for"):
        score(Formula(acquisition="won_fro", retention=0.0), past(), customer())


def test_when_recent_purchases_go_on_then_simple_is_basket_times_purchases():
    # A basket of 50, twice in 20 days: five times in 50, less 40.
    assert score(Simple(acquisition=40.0), past(), customer()) == pytest.approx(210)


def test_when_stages_are_weighted_then_a_day_is_worth_their_weighted_mean():
    # 80 / 20 days, 60 / 20 days, 60 in the other 60 days: 4, 3 and 1 a day.
    weighted = TimeWeighted(weights=(0.5, 0.3, 0.2))
    assert score(weighted, past(), customer()) == pytest.approx(50 * (0.5 * 4 + 0.3 * 3 + 0.2 * 1))
    # Ten days old: only the recent stage was lived through, all of it within 10 days.
    young = customer(tenure=9, money=80.0, money_before=0.0)
    assert score(weighted, past(), young) == pytest.approx(50 * 8)


def test_when_half_are_lost_within_the_horizon_then_money_counts_for_the_mean_time_that_customers_stay():
    # Lost at ln 2 / 50 a day: mean time alive within 50 days is (1 - 1/2) / (ln 2 / 50).
    alive = 0.5 * 50 / np.log(2)
    assert time_alive(np.log(2) / 50, 50) == pytest.approx(alive)
    assert score(Dcf(rate=0.0, churn=0.5), past(), customer()) == pytest.approx(2 * alive)
    assert score(Dcf(rate=0.0, churn=None), past(), customer()) == pytest.approx(2 * alive)  # as in the rows
    assert score(Dcf(rate=0.5, churn=0.5), past(), customer()) < 2 * alive
