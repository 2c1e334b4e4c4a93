"""Methods of uplift against the truth of the made-up shop, where both fates of every customer are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.customer.logistic import Logistic
from forecastlab.customer.reaction import Reaction
from forecastlab.customer.two_models import TwoModels
from forecastlab.dataset.synthetic import truth as truth_of
from forecastlab.schema import Fold, Frequency, SalesLog
from forecastlab.schema.customers import CustomerPast, Look
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import customers as stage
from forecastlab.target.uplift import Uplift

APPEAL = {"18-29": 2.0, "45-64": 0.0, "65+": -0.5}
DAYS = ("2023-06-05", "2023-08-07", "2023-10-09", "2023-12-04", "2024-02-05")
CUTOFF = "2024-02-04"  # the Sunday before the last offer
FREQ = Frequency("W-SUN")


@pytest.fixture(scope="module")
def told(packaged, tmp_path_factory):
    """The customers asked before the last campaign, each with its fate, and all that a method may see."""
    offer = replace(packaged.campaigns["autumn"], days=28, uplift=1.0, appeal=APPEAL)
    campaigns = {day: replace(offer, day=day) for day in DAYS}
    part = replace(packaged, customers=3000, life=replace(packaged.life, alpha=60.0), campaigns=campaigns)
    path = tmp_path_factory.mktemp("shop") / "data.parquet"
    log = SalesLog(path, part.load(path))
    target = Uplift("W-SUN", "campaigns", None, None, None, Look("8 weeks", 8, None, (), ("age_group",)))
    fold = Fold(pd.Timestamp(CUTOFF), 4, 0, FREQ, "test", 0)
    built = stage.build(log, NO_SEGMENTS(), fold, target)
    known = built.known.drop(columns=[stage.WHY, "segment"])
    past = CustomerPast(built.rows, known, built.numbers, built.categories, "uplift", "purchase", 1.0, 28, 56, ())
    truth = truth_of(log, "uplift").query("campaign == @DAYS[-1]").set_index("customer_id")
    assert stage.truth(log, fold, target, built.known)["treated"].notna().sum() == len(truth)
    return past, known, truth.reindex(known["customer_id"])


def ranked(told, method):
    """The fates of customers in the order of a method's score."""
    past, known, truth = told
    score = method.fit(past).score(known).values
    rows = truth.iloc[np.argsort(-score, kind="stable")].dropna()
    return rows.assign(effect=rows["with_it"].astype(float) - rows["without"].astype(float))


def test_when_two_models_rank_then_the_persuadable_come_first_and_those_put_off_last(told):
    rows = ranked(told, TwoModels(Logistic(1.0, 1000)))
    tenth = len(rows) // 10
    average = rows["effect"].mean()
    assert rows["effect"].head(3 * tenth).mean() > 2.5 * average > 0
    assert rows["effect"].tail(tenth).mean() < -0.05
    persuadable = rows["effect"] > 0
    assert persuadable.head(tenth).mean() > 3 * persuadable.mean()


def test_when_customers_are_ranked_by_reaction_then_sure_things_stand_where_the_persuadable_should(told):
    uplift, reaction = (ranked(told, each(Logistic(1.0, 1000))) for each in (TwoModels, Reaction))
    top = len(uplift) * 3 // 10
    sure = [(rows["with_it"] & rows["without"]).head(top).mean() for rows in (uplift, reaction)]
    gained = [rows["effect"].head(top).mean() for rows in (uplift, reaction)]
    assert sure[0] < sure[1] and gained[0] > gained[1]
