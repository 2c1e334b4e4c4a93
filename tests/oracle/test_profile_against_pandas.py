"""A profile of a made-up shop against the same figures counted by pandas from the log itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.profiled import profiled
from forecastlab.recipe import build, compose
from forecastlab.stages.profiling.told import Told

WORDS = ["dataset=synthetic", "dataset.customers=250", "dataset.seed=11", "segmentation=lifecycle", "tracking=none"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> tuple[Mapping[str, Told], pd.DataFrame, dict[str, pd.DataFrame]]:
    """The looks, the log as a frame, and its further tables."""
    recipe = build(compose(WORDS))
    store = Store(tmp_path_factory.mktemp("profile"))
    found = profiled(recipe.experiment, recipe.settings.quality, recipe.settings.profile, store)
    again = profiled(recipe.experiment, recipe.settings.quality, recipe.settings.profile, store)
    assert again.key == found.key and len(list(store.ls())) == 10  # the log, its quality and eight looks, each once
    sales = pd.read_parquet(found.log.path)
    tables = {name: pd.read_parquet(found.log.table(name)) for name in found.log.facts.tables}
    return found.looks, sales.assign(day=sales["time"].dt.normalize()), tables


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    columns = list(expected.columns)
    pd.testing.assert_frame_equal(
        found[columns].sort_values(columns, ignore_index=True),
        expected.sort_values(columns, ignore_index=True),
        check_dtype=False,
    )


def test_when_customers_are_mapped_then_pandas_puts_them_in_the_same_classes(shop):
    looks, sales, _ = shop
    known = sales[sales["customer_id"].notna()]
    bought = known[known["amount"] >= 0].groupby("customer_id")["day"].agg(["max", "nunique"])
    recency = (pd.Timestamp("2024-12-29") - bought["max"]).dt.days
    classes = pd.DataFrame(
        {
            "recency": np.searchsorted([7, 21, 49, 105, 217, 441, 889], recency, side="right"),
            "frequency": np.searchsorted([2, 4, 8, 16, 32, 64, 128, 256], bought["nunique"], side="right"),
            "cents": known.groupby("customer_id")["amount"].sum().reindex(bought.index),
        }
    )
    expected = classes.groupby(["recency", "frequency"])["cents"].agg(["size", "sum"]).reset_index()
    same(looks["rfm"].tables["map"], expected.set_axis(["recency", "frequency", "customers", "cents"], axis=1))


def test_when_cohorts_are_told_then_pandas_counts_the_same(shop):
    looks, sales, _ = shop
    known = sales[sales["customer_id"].notna()].assign(month=lambda t: t["day"].dt.to_period("M"))
    first = known[known["amount"] >= 0].groupby("customer_id")["month"].min().rename("cohort")
    lived = known.join(first, on="customer_id")
    whole = pd.period_range("2023-02", "2024-11", freq="M")  # the shop opened on 2 January and closed on 29 December
    lived = lived[lived["cohort"].isin(whole) & lived["month"].isin(whole)]
    cents = lived.groupby(["cohort", "month"])["amount"].sum()
    buyers = lived[lived["amount"] >= 0].groupby(["cohort", "month"])["customer_id"].nunique()
    table = pd.DataFrame({"customers": buyers.reindex(cents.index, fill_value=0), "cents": cents}).reset_index()
    age = (table["month"] - table["cohort"]).map(lambda gap: gap.n)
    size = table["cohort"].map(first.value_counts())
    same(
        looks["cohorts"].tables["cohorts"],
        table.assign(cohort=table["cohort"].dt.end_time.dt.normalize(), age=age, size=size)[
            ["cohort", "age", "customers", "cents", "size"]
        ],
    )


def test_when_accounts_are_watched_then_a_loop_over_customers_finds_the_same_jumps(shop):
    looks, sales, _ = shop
    weekly = sales.groupby(["customer_id", pd.Grouper(key="day", freq="W-SUN")])["amount"].sum()
    looked, found = 0, []
    for customer, spent in weekly[weekly > 0].groupby(level=0):
        values = spent.to_numpy(float)
        for i in range(8, len(values)):
            usual = np.median(values[:i])
            spread = max(1.4826 * np.median(np.abs(values[:i] - usual)), usual / 10)
            looked += 1
            if (values[i] - usual) / spread >= 6:
                found.append((customer, spent.index[i][1], values[i], usual, i, (values[i] - usual) / spread))
    told = looks["jumps"]
    assert told.figures["looked"] == looked > 500 and told.figures["jumps"] == len(found) > 5
    expected = pd.DataFrame(found, columns=["unique_id", "ds", "cents", "usual_cents", "n", "z"])
    same(told.tables["list"], expected.nlargest(20, "z"))
    assert told.tables["periods"]["jumps"].sum() == len(found)


def test_when_the_funnel_is_told_then_a_loop_over_entries_counts_the_same(shop):
    looks, sales, tables = shop
    sent = tables["campaigns"][lambda t: t["value"] != 0][["customer_id", "time"]].drop_duplicates()
    old = sent[sent["time"].dt.normalize() + pd.Timedelta(days=60) <= pd.Timestamp("2024-12-29")]
    bought = sales[sales["amount"] >= 0].groupby("customer_id")["day"].apply(lambda days: np.sort(days.unique()))
    reached = set()
    for customer, when in old.itertuples(index=False):
        day = when.normalize()
        later = [d for d in bought.get(customer, []) if day <= pd.Timestamp(d) <= day + pd.Timedelta(days=60)]
        reached |= {(customer, day)} if later else set()
    steps = looks["funnel"].tables["steps"]
    assert steps["step"].tolist() == ["campaigns", "purchase"]
    assert steps["entries"].tolist() == [len(old), len(reached)] and 0 < len(reached) < len(old)
    assert steps["customers"].tolist() == [old["customer_id"].nunique(), len({customer for customer, _ in reached})]


def test_when_sales_are_distributed_then_no_cent_is_lost_and_pandas_counts_the_same_people(shop):
    looks, sales, _ = shop
    values = looks["distribution"].tables["values"]
    assert set(values.groupby("dimension")["cents"].sum()) == {sales["amount"].sum()}
    for dimension in ("region", "channel", "age_group"):
        own = sales.groupby(dimension).agg(
            lines=("amount", "size"), customers=("customer_id", "nunique"), cents=("amount", "sum")
        )
        same(values[values["dimension"] == dimension], own.rename_axis("value").reset_index())


def test_when_baskets_are_told_then_pandas_counts_the_same_sizes(shop):
    looks, sales, _ = shop
    one = sales[sales["amount"] >= 0].groupby("basket_id")["amount"].agg(["size", "sum"])
    size = np.floor(np.log2(one["size"])).astype(int)
    expected = one.groupby(size.rename("class"))["sum"].agg(["size", "sum"]).reset_index()
    same(looks["baskets"].tables["sizes"], expected.set_axis(["size", "baskets", "cents"], axis=1))


def test_when_the_life_cycle_is_told_then_its_money_is_all_the_money_of_the_periods(shop):
    looks, sales, _ = shop
    composition = looks["lifecycle"].tables["composition"]
    weekly = sales.groupby(pd.Grouper(key="day", freq="W-SUN"))["amount"].sum() / 100
    pd.testing.assert_series_equal(
        composition.groupby("ds")["money"].sum(), weekly, check_names=False, check_index_type=False, check_freq=False
    )
    known = sales.loc[sales["amount"] >= 0, "customer_id"].nunique()
    assert looks["lifecycle"].tables["migration"].set_index("from").to_numpy().sum() == known
