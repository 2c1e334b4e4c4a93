"""What is sold, brought back, sold out and lost in the made-up shop, and how demand moves with the days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

ALONE = 1e-3
IMMORTAL = {"beta": 1e9, "arrival_days": 1, "alpha": 10.0}
"""Everybody comes on the first day and stays, so that only the calendar moves the purchases."""


def test_when_lines_are_brought_back_then_the_known_share_and_each_was_sold_before(make):
    made = make(goods={"returned_share": 0.05, "return_days": 0.01})
    lines = made.lines
    sold, back = lines[lines["amount"] > 0], lines[lines["amount"] < 0]
    assert stats.binomtest(len(back), len(sold), 0.05).pvalue > ALONE
    keys = ["customer_id", "product", "store", "channel", "amount", "quantity"]
    mirrored = back.assign(amount=-back["amount"], quantity=-back["quantity"])[[*keys, "time"]]
    there = mirrored.merge(sold[[*keys, "time"]], on=keys, suffixes=("", "_sold"))
    there = there[there["time"] >= there["time_sold"]].drop_duplicates([*keys, "time"])
    assert len(there) == len(mirrored.drop_duplicates())


def test_when_sales_are_anonymous_then_the_known_share_of_baskets(make):
    made = make(goods={"anonymous_share": 0.2})
    lines = made.lines[made.lines["amount"] > 0]
    nobody = lines.groupby("basket_id")["customer_id"].agg(lambda ids: ids.isna().all())
    assert stats.binomtest(int(nobody.sum()), len(nobody), 0.2).pvalue > ALONE
    assert set(made.lines.loc[made.lines["customer_id"].isna(), "age_group"]) == {"unknown"}


def test_when_a_category_is_sold_out_then_none_of_it_is_sold_and_the_loss_is_in_the_truth(make):
    made = make(goods={"stockouts": 6.0, "returned_share": 0.0})
    lines, prices, truth = made.lines, made.table("prices"), made.truth("demand")
    sold = lines.assign(day=lines["time"].dt.normalize()).groupby(["day", "category"])["quantity"].sum()
    keyed = truth.merge(prices, on=["day", "category"]).join(sold, on=["day", "category"]).fillna({"quantity": 0})
    out = keyed["stockout"] == 1
    assert out.sum() > 100 and (keyed.loc[out, "quantity"] == 0).all() and keyed.loc[out, "lost"].sum() > 500
    assert (keyed["quantity"] + keyed["lost"] == keyed["wanted"]).all()
    assert (keyed.loc[~out, "lost"] == 0).all()
    assert set(keyed.loc[out, "category"]) == {"coffee", "fruit", "wine", "cheese"}


def test_when_demand_is_expected_then_what_was_wanted_lies_around_it(make):
    demand = make(goods={"stockouts": 6.0}).truth("demand").groupby("category").sum(numeric_only=True)
    for category, row in demand.iterrows():
        # One unit of the staple in each basket is certain, all others are Poisson.
        chance = row["expected"] - (row["baskets"] if category == "bread" else 0)
        assert abs(row["wanted"] - row["expected"]) < 3.5 * np.sqrt(chance), category
    assert (demand["promotion_effect"].drop("bread") > 0).all() and demand["promotion_effect"]["bread"] == 0


def test_when_the_level_breaks_then_the_ratio_of_after_to_before_covers_its_size(make, plain):
    inside = []
    for seed in range(4):
        calendar = {"break_day": "2024-01-01", "break_size": -0.3}
        made = make(plain, seed=seed, customers=300, life=IMMORTAL, calendar=plain["calendar"] | calendar)
        repeated = made.purchases[made.purchases["at"] > 7]
        before, after = ((repeated["at"] < 364).sum(), (repeated["at"] >= 364).sum())
        ratio = np.log((after / 364) / (before / 357))
        error = np.sqrt(1 / after + 1 / before)
        inside.append(abs(ratio - np.log(0.7)) < 1.96 * error)
        assert abs(ratio - np.log(0.7)) < 3.5 * error
        assert ratio + 1.96 * error < np.log(0.9)
    assert sum(inside) >= 2


def test_when_weekdays_have_weights_then_the_purchases_are_spread_so(make, plain):
    weights = (1.0, 1.0, 2.0, 1.0, 1.0, 3.0, 0.5)
    made = make(plain, customers=300, life=IMMORTAL, calendar={"weekdays": weights})
    found = made.purchases[made.purchases["at"] > 7]["time"].dt.dayofweek.value_counts().sort_index()
    assert stats.chisquare(found, np.array(weights) / sum(weights) * found.sum()).pvalue > ALONE


def test_when_there_is_trend_and_season_then_the_purchases_follow_both(make, plain):
    made = make(plain, customers=400, life=IMMORTAL, calendar={"trend": 0.3, "season": 0.4, "peak": 345}, days=728)
    at = made.purchases.query("at > 7")["at"]
    # Two whole years of 364 days: the season is the same in both, so their ratio is the growth.
    first, second = ((at > 7) & (at < 364)).sum(), (at > 364 + 7).sum()
    growth = 1.3 ** (364 / 365.25)
    assert second / first == pytest.approx(growth, rel=4 * np.sqrt(1 / first + 1 / second))
    month = made.purchases["time"].dt.month.value_counts()
    assert (month[12] / 31) / (month[6] / 30) == pytest.approx((1.4 / 0.6) * 1.3**0.5, rel=0.08)


def test_when_price_stands_on_the_shelf_then_it_is_paid_and_products_spread_around_it(make, plain, packaged):
    spend = {"p": 1e6, "q": 1e6}  # nobody pays more or less than the others
    made = make(plain, customers=300, spend=spend)
    lines = made.lines.assign(day=made.lines["time"].dt.normalize().astype("datetime64[us]"))
    lines = lines.merge(made.table("prices"), on=["day", "category"])
    paid = lines["amount"] / 100 / lines["quantity"]
    relative = (paid / lines["price"]).groupby(lines["product"]).mean()
    for category, kind in packaged.goods.categories.items():
        names = [f"{category} {i:02d}" for i in range(1, kind.products + 1)]
        assert relative[names].to_numpy() == pytest.approx(np.linspace(0.6, 1.4, kind.products), rel=0.01)
    swings = made.table("prices").groupby("category")["price"].agg(["min", "max"])
    regular = pd.Series({name: kind.price for name, kind in packaged.goods.categories.items()}).sort_index()
    assert (swings["min"] >= 0.79 * regular).all() and (swings["max"] <= 1.21 * regular).all()


def test_when_an_own_category_is_added_then_it_is_sold(make, packaged):
    tea = replace(packaged.goods.categories["coffee"], products=2)
    made = make(customers=50, goods={"categories": {**packaged.goods.categories, "tea": tea}})
    assert {"tea 01", "tea 02"} <= set(made.lines["product"])
