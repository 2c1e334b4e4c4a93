import pandas as pd
import pytest

from forecastlab.schema import ConfigError, DataError
from forecastlab.segmentation.demographic import Demographic
from forecastlab.segmentation.kmeans import KMeans
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.stages import asof
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables

FIRST, LAST = "2024-01-01", "2024-03-31"


@pytest.fixture
def log(tmp_path):
    rows = random_rows(1, 10, 80, 60, FIRST)
    found = write_log(rows, tmp_path / "log.parquet", FIRST, LAST, False)
    return write_tables(found, {"events": random_table(1, 10, 80, 60, FIRST, ["visit", "click"])})


def kmeans(*columns):
    return KMeans(None, columns, True, 2, 2, 2, 100, 1, 0)


def faults(segmenter, log):
    with pytest.raises(ConfigError) as caught:
        asof.check(segmenter, log.facts)
    return caught.value.faults


def test_when_a_dimension_is_misspelt_then_dimensions_and_tables_are_named_and_the_nearest_too(log):
    (fault,) = faults(Demographic("shopp", {"north": ("north",)}), log)
    assert fault.code == "unknown-attribute" and fault.where == "segmentation"
    assert "shop, kind_of_goods" in fault.what and "events (click, visit)" in fault.what
    assert fault.fix == "did you mean shop?"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("event.count", "events.count"),
        ("events.visits.count", "events.visit.count"),
        ("events.visit.means", "events.visit.mean"),
        ("moneyy", "money"),
    ],
)
def test_when_a_figure_is_misspelt_then_the_nearest_one_is_told(log, asked, meant):
    (fault,) = faults(kmeans("recency", asked), log)
    assert fault.fix == f"did you mean {meant}?"


@pytest.mark.parametrize("asked", ["customer_id", "as_of", "first", "amount", "events", "events.", ".count", ""])
def test_when_something_else_than_an_attribute_is_asked_for_then_it_is_refused(log, asked):
    assert [fault.code for fault in faults(kmeans("money", asked), log)] == ["unknown-attribute"]


def test_when_several_attributes_are_unknown_then_all_are_told_at_once(log):
    assert len(faults(kmeans("aage", "events.kount", "shop"), log)) == 2


def test_when_prospects_are_wanted_of_a_dataset_without_leads_then_it_says_what_to_type(log):
    (fault,) = faults(Lifecycle("days", 14, 42, "8 weeks", "4 weeks", "8 weeks", 8, True), log)
    assert fault.code == "no-leads" and "segmentation.prospects=false" in fault.fix


def test_when_values_are_too_large_to_be_added_exactly_then_the_data_is_refused(log):
    rows = pd.DataFrame(
        {"customer_id": "c0001", "time": pd.Timestamp("2024-01-05"), "kind": "visit", "value": [5e12, -5e12]}
    )
    with pytest.raises(DataError, match="too-large: table events"):
        asof.profiles(write_tables(log, {"events": rows}), pd.Timestamp(LAST), None, ("events.mean",))


def test_when_values_are_not_numbers_then_they_count_as_rows_without_a_value(log):
    who = asof.profiles(log, pd.Timestamp(LAST), None)["customer_id"].iloc[0]
    rows = pd.DataFrame(
        {
            "customer_id": who,
            "time": pd.Timestamp("2024-01-05"),
            "kind": "visit",
            "value": [float("inf"), float("nan"), None, 4.0, 2.0],
        }
    )
    found = asof.profiles(
        write_tables(log, {"events": rows}), pd.Timestamp(LAST), None, ("events.mean", "events.count")
    )
    mine = found.set_index("customer_id").loc[who]
    assert (mine["events.mean"], mine["events.count"]) == (3.0, 5)
