"""Reasons on the list of customers against what those of the made-up shop were really unhappy with."""

import pandas as pd
import pytest

from forecastlab.dataset.synthetic import truth
from forecastlab.flow.customers import judged
from forecastlab.recipe import build, compose
from forecastlab.schema import Fold, Frequency, SalesLog
from forecastlab.schema.customers import CustomerPast
from forecastlab.schema.names import SEGMENT, SELECT
from forecastlab.stages import customers
from forecastlab.stages.customer_list import customer_list
from forecastlab.stages.customer_scores import scores

SAID = ["product", "service", "price"]
WORDS = [
    "target=churn",
    "dataset=synthetic",
    "dataset.customers=1200",
    "dataset.signals.unhappy_complaint_share=0.2",
    "segmentation=none",
    "customer=logistic",
    "target.look.window=26 weeks",
    "target.look.origins=6",
    "target.look.every=4",
    f"target.look.attributes=[{','.join(f'complaints.{each}.count' for each in SAID)}]",
]
CUTOFF, END = pd.Timestamp("2024-10-27"), pd.Timestamp("2024-12-22")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The list, and the truth of everybody on it."""
    asked = build(compose(WORDS)).experiment
    path = tmp_path_factory.mktemp("shop") / "data.parquet"
    log = SalesLog(path, asked.dataset.load(path))
    fold = Fold(CUTOFF, 8, 0, Frequency("W-SUN"), SELECT, 0)
    built = customers.build(log, asked.segmenter, fold, asked.target)
    known = built.known.drop(columns=[customers.WHY, SEGMENT])
    past = CustomerPast(built.rows, known, built.numbers, built.categories, "event", "silence", 1.0, 56, 182, ())
    rows = known[built.known[customers.WHY] == ""].reset_index(drop=True)
    (answer,) = scores(asked.customer, [(past, rows)], [fold])
    came = customers.truth(log, fold, asked.target, built.known)
    found = customer_list(judged(answer.frame, came, fold), past, answer.terms).set_index("unique_id")
    return found, truth(log, "customers").set_index("customer_id").reindex(found.index)


def test_when_customers_said_what_they_are_unhappy_with_then_the_reason_is_mostly_that(told):
    found, true = told
    left = true["death"] <= END
    named = found["reason"].isin(SAID) & left
    right = (found["reason"] == true["unhappy_with"])[named]
    # Happy customers complain, too, and one complaint in ten is about something else: no rule can be always right.
    assert named.sum() >= 30 and right.mean() > 0.65
    assert set(found.loc[named & (found["reason"] == true["unhappy_with"]), "reason"]) == set(SAID)


def test_when_nobody_said_anything_then_no_reason_is_made_up(told):
    found, true = told
    quiet = found["reason"] == "rhythm"
    assert (true.loc[quiet, "unhappy_with"].isna()).mean() > (true.loc[~quiet, "unhappy_with"].isna()).mean() + 0.2
    assert not found["reason"].eq("competition").any()  # nothing that customers leave behind tells of it


def test_when_reasons_are_counted_then_their_shares_are_those_of_the_truth_among_who_spoke(told):
    found, true = told
    spoke = found["reason"].isin(SAID) & true["unhappy_with"].notna()
    shares = found.loc[spoke, "reason"].value_counts(normalize=True).reindex(SAID)
    real = true.loc[spoke, "unhappy_with"].value_counts(normalize=True).reindex(SAID)
    # Some 40 customers: by chance alone a share is off by as much as 0.15 once in twenty times.
    assert spoke.sum() > 30 and (shares - real).abs().max() < 0.15
