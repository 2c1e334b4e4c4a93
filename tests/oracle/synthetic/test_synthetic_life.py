"""How customers of the made-up shop come, buy, spend and go, against distributions of scipy and fits of lifetimes."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

REASONS = ["product", "service", "price", "competition", "rhythm"]
ALONE = 1e-3
"""A test of chance fails for one seed in a thousand; the seeds stand."""


def summary(made):
    """Frequency, recency and age of every customer, as the literature defines them."""
    by = made.purchases.groupby("customer_id")["at"]
    first, last, count = by.min(), by.max(), by.size()
    return pd.DataFrame({"frequency": count - 1, "recency": last - first, "T": made.part.days - first})


def test_when_pareto_nbd_is_fitted_to_the_log_then_the_parameters_of_the_shop_come_out(make, plain):
    life = {"r": 1.2, "alpha": 17.0, "s": 2.0, "beta": 365.0, "arrival_days": 180}
    found = summary(make(plain, customers=5000, life=life))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an old library
        from lifetimes import ParetoNBDFitter

        fitted = ParetoNBDFitter().fit(found["frequency"], found["recency"], found["T"], iterative_fitting=1)
    assert fitted.params_["r"] == pytest.approx(1.2, rel=0.1)
    assert fitted.params_["alpha"] == pytest.approx(17.0, rel=0.1)
    assert fitted.params_["s"] == pytest.approx(2.0, rel=0.25)
    assert fitted.params_["beta"] == pytest.approx(365.0, rel=0.3)
    assert fitted.params_["s"] / fitted.params_["beta"] == pytest.approx(2.0 / 365.0, rel=0.1)


def test_when_gamma_gamma_is_fitted_to_the_log_then_the_parameters_of_the_shop_come_out(make, plain, packaged):
    from dataclasses import replace

    only = {"bread": replace(packaged.goods.categories["bread"], price=10.0, products=1, units=0.0)}
    made = make(plain, customers=3000, spend={"p": 6.0, "q": 4.0}, goods={"categories": only, "price_swing": 0.0})
    by = made.purchases.groupby("customer_id")["cents"]
    many = by.agg(["size", "mean"]).query("size > 1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an old library
        from lifetimes import GammaGammaFitter

        fitted = GammaGammaFitter().fit(many["size"], many["mean"] / 100)
    # Averages alone tell p and v apart badly, their product and q well.
    assert fitted.params_["q"] == pytest.approx(4.0, rel=0.1)
    assert fitted.params_["p"] * fitted.params_["v"] == pytest.approx(10.0 * (4.0 - 1), rel=0.05)
    mean = 1000 * made.truth("customers").set_index("customer_id")["mean_spend_factor"]
    around = made.purchases["cents"] / made.purchases["customer_id"].map(mean)
    assert stats.kstest(around, stats.gamma(6.0, scale=1 / 6.0).cdf).pvalue > ALONE


def test_when_customers_die_then_their_lifetimes_are_lomax_and_nobody_buys_after_it(make, plain):
    made = make(plain, customers=4000)
    truth = made.truth("customers").set_index("customer_id")
    lives = made.at(truth["death"]) - made.at(truth["arrival"])
    short = lives[lives < 30_000]  # the longest are cut at a hundred years
    assert stats.kstest(short, stats.lomax(2.0, scale=365.0).cdf).pvalue > ALONE
    bought = made.purchases.join(truth, on="customer_id", rsuffix="_true")
    assert (bought["time"] <= bought["death"]).all()


def test_when_rates_are_known_then_purchases_are_as_frequent_as_they_say(make, plain):
    made = make(plain, customers=4000)
    truth = made.truth("customers").set_index("customer_id")
    assert stats.kstest(truth["rate"], stats.gamma(1.2, scale=1 / 17.0).cdf).pvalue > ALONE
    alive = np.minimum(made.at(truth["death"]), made.part.days) - made.at(truth["arrival"])
    expected = (truth["rate"] * alive).sum()
    repeated = len(made.purchases) - len(truth)
    assert abs(repeated - expected) < 4 * np.sqrt(expected)


def test_when_customers_arrive_then_the_log_shows_it_and_the_season_is_in_it(make, plain):
    made = make(plain, customers=4000, life={"arrival_season": 0.5, "arrival_days": None}, days=730)
    truth = made.truth("customers").set_index("customer_id")
    firsts = made.lines.groupby("customer_id")["time"].min()
    pd.testing.assert_series_equal(firsts, truth["arrival"], check_names=False, check_dtype=False)
    near_peak = np.cos(2 * np.pi * (truth["arrival"].dt.dayofyear - 345) / 365.25) > 0
    # The half year around the peak of 1 + a cos has (1 + 2 a / pi) / 2 of all.
    chance = (1 + 2 * 0.5 / np.pi) / 2
    assert stats.binomtest(int(near_peak.sum()), len(near_peak), chance).pvalue > ALONE


def test_when_customers_fall_silent_then_they_buy_before_and_after_and_not_within(make, plain):
    made = make(plain, customers=1500, life={"silent_share": 0.5, "silent_days": 150})
    truth = made.truth("customers").set_index("customer_id")
    quiet = truth[truth["silent_from"].notna()]
    assert stats.binomtest(len(quiet), len(truth), 0.5).pvalue > ALONE
    bought = made.purchases.join(quiet, on="customer_id", rsuffix="_true", how="inner")
    within = (bought["time"] >= bought["silent_from"]) & (bought["time"] < bought["silent_to"])
    assert not within.any()
    back = bought[bought["time"] >= bought["silent_to"]]["customer_id"].nunique()
    assert back > 100


def test_when_shoppers_are_regular_then_their_gaps_vary_less_than_those_at_random(make, plain):
    life = {"regular_share": 0.5, "regularity": 8.0, "beta": 1e7, "alpha": 10.0}
    made = make(plain, customers=800, life=life)
    truth = made.truth("customers").set_index("customer_id")
    ordered = made.purchases.sort_values("at")
    gaps = ordered.groupby("customer_id")["at"].agg(
        lambda at: (at.diff().std() / at.diff().mean()) if len(at) > 40 else np.nan
    )
    variation = gaps.groupby(truth["regularity"]).mean()
    assert variation[1.0] == pytest.approx(1.0, abs=0.08)
    assert variation[8.0] == pytest.approx(8.0**-0.5, abs=0.04)


def test_when_customers_leave_then_the_reasons_are_as_likely_as_their_weights(make, plain):
    made = make(plain, customers=6000, life={"unhappy_share": 0.5, "unhappy_factor": 10.0})
    truth = made.truth("customers")
    weights = np.array([0.2, 0.2, 0.15, 0.15, 0.3])
    happy = truth[truth["unhappy_with"].isna()]["churn_reason"].value_counts().reindex(REASONS)
    assert stats.chisquare(happy, weights * happy.sum()).pvalue > ALONE
    angry = truth[truth["unhappy_with"] == "service"]["churn_reason"]
    chance = 10 * 0.2 / (10 * 0.2 + 0.8)
    assert stats.binomtest(int((angry == "service").sum()), len(angry), chance).pvalue > ALONE
    lives = made.at(truth["death"]) - made.at(truth["arrival"])
    # A risk 2.8 times as high makes the median of a Lomax lifetime 2.8 times as short.
    ratio = lives[truth["unhappy_with"].isna()].median() / lives[truth["unhappy_with"] == "service"].median()
    assert ratio == pytest.approx(2.8, rel=0.15)


def test_when_customers_are_unhappy_then_ratings_and_complaints_tell(make, plain):
    made = make(plain, customers=3000, life={"unhappy_share": 0.5})
    truth = made.truth("customers").set_index("customer_id")
    told = made.table("feedback").join(truth["unhappy_with"], on="customer_id")
    unhappy = told["unhappy_with"].notna()
    stars = told[told["kind"] == "satisfaction"].groupby(unhappy)["value"].mean()
    assert set(told.loc[told["kind"] == "satisfaction", "value"]) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert stars[False] - stars[True] == pytest.approx(1.6, abs=0.15)
    baskets = made.purchases.join(truth["unhappy_with"], on="customer_id")["unhappy_with"].notna().sum()
    angry = int((unhappy & (told["kind"] == "complaint")).sum())
    assert angry / baskets == pytest.approx(0.06, rel=0.15)


def test_when_customers_visit_then_as_often_per_purchase_as_set(make, plain):
    made = make(plain, customers=2000)
    kinds = made.table("events")["kind"].value_counts()
    repeated = len(made.purchases) - 2000
    assert kinds["visit"] / repeated == pytest.approx(1.5, rel=0.05)
    assert kinds["newsletter_click"] / repeated == pytest.approx(0.4, rel=0.05)
