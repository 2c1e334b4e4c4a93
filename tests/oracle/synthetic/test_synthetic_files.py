"""What lies beside the log of the made-up shop, who may read it, and what the settings may not say."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import forecastlab
from forecastlab.cache.store import Store
from forecastlab.dataset.synthetic import Synthetic, truth
from forecastlab.driver.synthetic_prices import SyntheticPrices
from forecastlab.executor.serial import Serial
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError, DataError, Facts, Frequency, SalesLog

TABLES = ("events", "leads", "campaigns", "feedback", "complaints")
FILES = {
    f"{name}.parquet"
    for name in ("data", "prices", "truth_customers", "truth_campaigns", "truth_uplift", "truth_demand", *TABLES)
}
SMALL = {"customers": 120, "days": 364}


def digests(made):
    folder = made.log.path.parent
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_when_the_seed_is_the_same_then_so_is_every_byte_and_with_another_no_file(make):
    first, again, other = digests(make(SMALL)), digests(make(SMALL)), digests(make(SMALL, seed=2))
    assert set(first) == FILES
    assert first == again
    assert not [name for name in FILES if first[name] == other[name]]


def test_when_leads_are_added_then_prices_stay_as_they_were(make):
    few, many = make(SMALL), make(SMALL, leads={"people": 2000})
    assert digests(few)["prices.parquet"] == digests(many)["prices.parquet"]


def test_when_the_fingerprint_is_asked_for_then_every_setting_is_in_it(packaged):
    assert packaged.fingerprint() == replace(packaged).fingerprint()
    other = replace(packaged, goods=replace(packaged.goods, price_swing=0.21))
    assert packaged.fingerprint() != other.fingerprint()


@pytest.mark.parametrize("returns", ["net", "drop", "separate"])
def test_when_the_ledger_is_read_then_it_balances_and_is_that_of_the_file(make, returns):
    made = make(SMALL, returns=returns)
    ledger, lines = made.log.facts.ledger, made.lines
    assert ledger.balanced and (ledger.rows_used, ledger.cents_used) == (len(lines), lines["amount"].sum())
    assert (ledger.dropped != {}) == (returns == "drop")
    assert ("flow" in lines) == (returns == "separate")
    assert not lines.duplicated(["basket_id", "category", "amount", "quantity", "product"]).any()


def test_when_the_history_begins_in_midlife_then_it_is_the_end_of_the_whole_one(make):
    whole, late = make(SMALL), make(SMALL, history="midlife", hidden_days=140)
    begin = pd.Timestamp("2023-01-02") + pd.Timedelta(days=140)
    assert (whole.log.facts.firsts_are_true, late.log.facts.firsts_are_true) == (True, False)
    assert late.log.facts.first_day == str(begin.date())
    seen = whole.lines[whole.lines["time"] >= begin].reset_index(drop=True)
    pd.testing.assert_frame_equal(late.lines, seen)
    for name in TABLES:
        rows = whole.table(name)
        pd.testing.assert_frame_equal(late.table(name), rows[rows["time"] >= begin].reset_index(drop=True))
    dropped = late.log.facts.ledger.dropped["before the first day that is seen"]
    assert dropped == (len(whole.lines) - len(seen), whole.lines["amount"].sum() - seen["amount"].sum())
    pd.testing.assert_frame_equal(late.truth("customers"), whole.truth("customers"))


def test_when_tables_are_told_then_they_are_there_with_their_kinds_and_no_truth_is_among_them(make):
    made = make(SMALL)
    assert set(made.log.facts.tables) == set(TABLES)
    for name, kinds in made.log.facts.tables.items():
        table = made.table(name)
        assert list(table.columns) == ["customer_id", "time", "kind", "value"]
        assert tuple(sorted(table["kind"].unique())) == kinds
        assert (
            table["time"]
            .between(made.log.facts.first_day, str(pd.Timestamp(made.log.facts.last_day) + pd.Timedelta(days=1)))
            .all()
        )


def forecasts(experiment, root):
    store = Store(root)
    prepared = prepare(experiment, store)
    return pd.concat([result.frame for result in run(experiment, prepared, store, Serial())])


def test_when_the_truth_is_unreadable_then_every_forecast_is_the_same(tmp_path, monkeypatch):
    words = ["dataset=synthetic", "dataset.customers=150", "dataset.days=364", "segmentation=lifecycle", "model=naive"]
    words += ["driver=synthetic_prices", "backtest.select=2", "backtest.test=2", "target.series_by=[category,segment]"]
    experiment = build(compose(words)).experiment
    before = forecasts(experiment, tmp_path / "a")
    load = Synthetic.load

    def spoiled(part: Synthetic, target: Path) -> Facts:
        facts = load(part, target)
        for path in target.parent.glob("truth_*.parquet"):
            path.write_bytes(b"nobody reads this")
        return facts

    monkeypatch.setattr(Synthetic, "load", spoiled)
    pd.testing.assert_frame_equal(before, forecasts(experiment, tmp_path / "b"))
    assert [path.read_bytes() for path in (tmp_path / "b").rglob("truth_*.parquet")] == [b"nobody reads this"] * 4


def test_when_the_source_is_searched_then_only_the_made_up_shop_speaks_of_its_truth():
    root = Path(forecastlab.__file__).parent
    found = {str(path.relative_to(root)) for path in root.rglob("*.py") if "truth_" in path.read_text("utf-8")}
    ours = {path for path in found if path.startswith(("dataset/synthetic", "dataset/_synthetic"))}
    assert ours and found - ours <= {"testing/datasets.py"}  # which checks that nothing else lies there


def test_when_a_truth_is_not_there_then_the_error_says_so(make, tmp_path):
    log = make(SMALL).log
    with pytest.raises(ConfigError, match="did you mean customers"):
        truth(log, "customer")
    with pytest.raises(DataError, match="no-truth"):
        truth(replace(log, path=tmp_path / "other.parquet"), "customers")


def test_when_the_driver_is_loaded_then_it_is_the_mean_of_the_days(make):
    made = make(SMALL)
    ends = Frequency("W-SUN").ends(*made.log.span)
    table = SyntheticPrices(("category",), "known", 0, None).load(made.log, Frequency("W-SUN"), ends)
    daily = made.table("prices")
    daily["ds"] = daily["day"].dt.to_period("W-SUN").dt.end_time.dt.normalize()
    expected = daily.groupby(["category", "ds"])[["price", "promotion"]].mean()
    found = table.set_index(["category", "ds"])
    assert len(found) == 52 * 5 and list(found.columns) == ["price", "promotion"]
    np.testing.assert_allclose(found.to_numpy(), expected.loc[found.index].to_numpy(), rtol=1e-12)
    assert set(table["promotion"]) == {0.0, 1.0}

    ends = Frequency("M").ends(*made.log.span)
    shop = SyntheticPrices((), "known", 0, None).load(made.log, Frequency("M"), ends)
    assert shop["ds"].tolist() == ends.tolist()
    assert ends[0] == pd.Timestamp("2023-02-28")  # the shop opens on 2 January
    february = daily[daily["day"].between("2023-02-01", "2023-02-28")]
    assert shop["price"][0] == pytest.approx(february["price"].mean())


def test_when_the_dataset_has_no_prices_then_the_driver_says_whose_they_are(make, tmp_path):
    log = SalesLog(tmp_path / "other" / "data.parquet", make(SMALL).log.facts)
    with pytest.raises(DataError, match="dataset=synthetic"):
        SyntheticPrices((), "known", 0, None).load(log, Frequency("M"), Frequency("M").ends(*log.span))


def test_when_settings_contradict_each_other_then_every_fault_is_told(packaged, tmp_path):
    part = replace(
        packaged,
        history="midlife",
        hidden_days=727,
        calendar=replace(packaged.calendar, break_day="2026-01-01"),
        goods=replace(packaged.goods, staple="brad"),
        life=replace(packaged.life, reasons={"prise": 0.0}),
        leads=replace(packaged.leads, sources={"fair": 0.0}),
    )
    with pytest.raises(ConfigError) as caught:
        part.load(tmp_path / "data.parquet")
    told = str(caught.value)
    assert all(word in told for word in ("break_day", "2024-12-29", "did you mean bread", "did you mean price"))
    assert all(word in told for word in ("leads.sources", "life.reasons", "hidden_days"))
    with pytest.raises(ConfigError, match=r"start.*2023-02-30"):
        replace(packaged, start="2023-02-30").load(tmp_path / "data.parquet")
    assert not list(tmp_path.iterdir())


def test_when_2000_customers_live_two_years_then_it_takes_less_than_three_seconds(make):
    make(SMALL)  # what is imported once is not counted
    begin = time.process_time()
    make()
    assert time.process_time() - begin < 3
