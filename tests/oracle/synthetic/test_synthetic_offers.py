"""What prices, promotions, campaigns and leads do in the made-up shop, estimated from its log as a stranger would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

ALONE = 1e-3
ELASTIC = {"coffee": -1.6, "fruit": -0.8, "wine": -2.4, "cheese": -1.2}
UPLIFT = {"coffee": 0.6, "fruit": 0.3, "wine": 0.8, "cheese": 0.4}


def weekly(made):
    """Units per basket by week and category on days on which it could be bought, with price and promotion."""
    lines = made.lines[made.lines["amount"] > 0]
    lines = lines.assign(day=lines["time"].dt.normalize().astype("datetime64[us]"))
    baskets = lines.groupby("day")["basket_id"].nunique().rename("baskets")
    units = lines.groupby(["day", "category"])["quantity"].sum().rename("units")
    days = made.table("prices").join(baskets, on="day").join(units, on=["day", "category"])
    days = days[days["stockout"] == 0].fillna({"units": 0, "baskets": 0})
    week = (days["day"] - pd.Timestamp(made.part.start)).dt.days // 7
    by = days.groupby([week.rename("week"), "category"])
    return by.agg(
        units=("units", "sum"), baskets=("baskets", "sum"), price=("price", "mean"), promotion=("promotion", "mean")
    )


def test_when_elasticity_is_estimated_by_least_squares_then_the_interval_covers_the_truth(make, plain):
    import statsmodels.api as sm

    inside = []
    for seed in range(5):
        made = make(plain, seed=seed, customers=1500, goods={"stockouts": 3.0})
        weeks = weekly(made).query("baskets > 100")
        for category, true in ELASTIC.items():
            one = weeks.xs(category, level="category")
            x = sm.add_constant(pd.DataFrame({"price": np.log(one["price"]), "promotion": one["promotion"]}))
            fitted = sm.OLS(np.log(one["units"] / one["baskets"]), x).fit()
            low, high = fitted.conf_int().loc["price"]
            inside.append(low <= true <= high)
            assert abs(fitted.params["price"] - true) < 4 * fitted.bse["price"], f"{category}, seed {seed}"
            assert high < 0
    assert sum(inside) >= 16, f"{sum(inside)} of {len(inside)} intervals of 95 % cover"  # 1 in 400 has fewer


def test_when_promoted_weeks_are_compared_then_the_ratio_covers_the_uplift(make, plain):
    inside = []
    for seed in range(3):
        made = make(plain, seed=seed, customers=1500, goods={"price_swing": 0.0})
        weeks = weekly(made)
        for category, true in UPLIFT.items():
            one = weeks.xs(category, level="category")
            on, off = (one[one["promotion"] == value][["units", "baskets"]].sum() for value in (1, 0))
            ratio = np.log((on["units"] / on["baskets"]) / (off["units"] / off["baskets"]))
            error = np.sqrt(1 / on["units"] + 1 / off["units"])
            inside.append(abs(ratio - np.log1p(true)) < 1.96 * error)
            assert abs(ratio - np.log1p(true)) < 4 * error, f"{category}, seed {seed}"
    assert sum(inside) >= 9, f"{sum(inside)} of {len(inside)} intervals of 95 % cover"


def lottery(made, name):
    """The difference in the share of buyers between targeted and control, its standard error, and the numbers."""
    truth = made.truth("campaigns").set_index("campaign").loc[name]
    rows = made.table("campaigns").query("kind == @name").set_index("customer_id")["value"]
    until = truth["day"] + pd.Timedelta(days=int(truth["days"]))
    purchases = made.purchases
    bought = purchases[(purchases["time"] >= truth["day"]) & (purchases["time"] < until)]["customer_id"].unique()
    did = pd.Series(rows.index.isin(bought), rows.index)
    treated, control = did[rows == 1], did[rows == 0]
    error = np.sqrt(treated.var() / len(treated) + control.var() / len(control))
    return treated.mean() - control.mean(), error, truth, rows


def test_when_a_campaign_is_a_lottery_then_the_difference_in_shares_covers_its_effect(make):
    scores = []
    for seed in range(6):
        difference, error, truth, rows = lottery(make(seed=seed, customers=4000), "autumn")
        assert (len(rows), rows.sum()) == (truth["eligible"], truth["targeted"])
        assert stats.binomtest(int(rows.sum()), len(rows), 0.5).pvalue > ALONE
        scores.append((difference - truth["effect"]) / error)
        assert truth["effect"] > 0.03
    assert np.max(np.abs(scores)) < 3.3
    assert sum(abs(score) < 1.96 for score in scores) >= 4
    assert abs(np.sum(scores)) / np.sqrt(len(scores)) < 3


def test_when_purchases_are_poisson_then_the_effect_of_a_campaign_is_what_the_formula_says(make, plain, packaged):
    made = make(plain, customers=6000, campaigns={"autumn": packaged.campaigns["autumn"]})
    truth = made.truth("campaigns").iloc[0]
    people = made.truth("customers")
    day = (truth["day"] - pd.Timestamp(made.part.start)).days
    known = people[made.at(people["arrival"]) < day]
    left = np.clip(made.at(known["death"]) - day, 0, truth["days"])
    chance = np.exp(-known["rate"] * left) - np.exp(-known["rate"] * left * (1 + truth["uplift"]))
    error = np.sqrt(np.sum(chance * (1 - chance))) / len(known)
    assert len(known) == truth["eligible"]
    assert abs(truth["effect"] - chance.mean()) < 3.3 * error


def test_when_a_campaign_does_nothing_then_its_effect_is_zero(make, packaged):
    from dataclasses import replace

    nothing = {"autumn": replace(packaged.campaigns["autumn"], uplift=0.0)}
    made = make(customers=300, campaigns=nothing)
    assert made.truth("campaigns")["effect"].tolist() == [0.0]


def test_when_a_campaign_appeals_to_some_then_they_are_the_persuadable_and_others_are_put_off(make, packaged):
    from dataclasses import replace

    appeal = {"18-29": 2.0, "45-64": 0.0, "65+": -0.5}
    made = make(customers=4000, campaigns={"autumn": replace(packaged.campaigns["autumn"], uplift=0.8, appeal=appeal)})
    truth = made.truth("uplift")
    ages = made.lines.dropna(subset="customer_id").groupby("customer_id")["age_group"].first()
    effect = (truth["with_it"].astype(float) - truth["without"]).groupby(truth["customer_id"].map(ages)).mean()
    assert effect["18-29"] > 1.4 * effect["30-44"] > 0 and effect["45-64"] == 0 and effect["65+"] < -0.02
    difference, error, campaign, rows = lottery(made, "autumn")
    assert abs(difference - campaign["effect"]) < 3.3 * error
    assert campaign["effect"] == pytest.approx((truth["with_it"].mean() - truth["without"].mean()), abs=1e-8)
    assert truth.set_index("customer_id")["targeted"].astype(float).reindex(rows.index).equals(rows)


def test_when_all_are_alike_then_what_a_seed_gives_is_what_it_gave_before_there_were_appeals(make, packaged):
    from dataclasses import replace

    alike = {name: replace(each, appeal={"65+": 1.0}) for name, each in packaged.campaigns.items()}
    pd.testing.assert_frame_equal(make(customers=200, campaigns=alike).lines, make(customers=200).lines)


def test_when_leads_are_followed_then_the_known_share_buys_and_more_of_those_with_a_high_score(make):
    made = make(customers=10, leads={"people": 8000})
    truth = made.truth("customers").set_index("customer_id")
    leads = made.table("leads").set_index("customer_id")
    assert leads["value"].notna().mean() == pytest.approx(0.9, abs=0.015)
    early = leads[leads["time"] < "2024-01-01"]  # the last purchase that could be missing is a year late
    bought = early.index.isin(made.lines["customer_id"].dropna().unique())
    assert stats.binomtest(int(bought.sum()), len(early), 0.25).pvalue > ALONE
    score = truth["score"].reindex(early.index)
    for low, high, chance in ((0, 0.5, 0.15), (0.5, 1, 0.35)):
        half = bought[(score >= low) & (score < high)]
        assert stats.binomtest(int(half.sum()), len(half), chance).pvalue > ALONE
    known = leads["value"].dropna()
    assert (known == truth["score"].reindex(known.index)).all()


def test_when_leads_buy_then_after_they_became_leads_and_others_never(make):
    made = make(customers=100, leads={"people": 2000})
    truth = made.truth("customers").set_index("customer_id")
    firsts = made.lines.groupby("customer_id")["time"].min()
    leads = made.table("leads").set_index("customer_id")["time"]
    both = pd.DataFrame({"lead": leads, "first": firsts}).dropna()
    assert len(both) > 200 and (both["lead"] <= both["first"]).all()
    never = truth[truth["lead"].notna() & ~truth["converted"]].index
    assert len(never) > 1000 and not firsts.index.isin(never).any()
    assert truth.loc[never, ["rate", "arrival", "death"]].isna().all(axis=None)
    delay = (both["first"] - both["lead"])[both["lead"] < "2024-03-01"] / pd.Timedelta(days=1)
    assert delay.mean() == pytest.approx(21, rel=0.2)
