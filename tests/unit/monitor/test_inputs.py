"""Figures of what forecasts are made from, against sums made with pandas."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import Facts, Frequency, Ledger, SalesLog
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.drivers import DriverTable
from forecastlab.stages.inputs import DECILES, of_drivers, of_log, of_segments

WEEKS = Calendar(Frequency("W-SUN"), 0, 52)
TRAINED, UNTIL = pd.Timestamp("2024-02-04"), pd.Timestamp("2024-03-03")


@pytest.fixture(scope="module")
def sales(tmp_path_factory):
    """Nine weeks of lines; after five of them a region appears, and more lines have no customer."""
    rng = np.random.default_rng(8)
    day = pd.date_range("2024-01-01", "2024-03-03").repeat(30)
    late = day > TRAINED
    frame = pd.DataFrame({"time": day, "amount": rng.integers(100, 9000, len(day))})
    frame["customer_id"] = [f"c{i}" for i in rng.integers(0, 60, len(day))]
    frame["customer_id"] = frame["customer_id"].mask(rng.random(len(day)) < np.where(late, 0.4, 0.1))
    frame["basket_id"] = [f"b{i // 3}" for i in range(len(day))]
    frame["region"] = np.where(late & (rng.random(len(day)) < 0.2), "east", "west")
    path = tmp_path_factory.mktemp("inputs") / "data.parquet"
    frame.to_parquet(path)
    facts = Facts(
        "log", "2024-01-01", "2024-03-03", ("region",), True, Ledger(len(frame), 0, len(frame), 0), has_basket=True
    )
    return SalesLog(path, facts), frame.assign(ds=day + pd.offsets.Week(n=0, weekday=6))


@pytest.fixture(scope="module")
def figures(sales):
    return of_log(sales[0], WEEKS, TRAINED, UNTIL)


def values(figures, name):
    return figures[figures["name"] == name].set_index("ds")["value"].sort_index()


def test_when_lines_are_counted_by_amount_then_bins_are_deciles_of_the_training_data(figures, sales):
    _, frame = sales
    amounts = frame["amount"] / 100
    edges = np.quantile(amounts[frame["ds"] <= TRAINED], DECILES, method="inverted_cdf")
    expected = pd.Series(np.searchsorted(edges, amounts, side="left")).value_counts().sort_index()
    found = figures[figures["name"] == "amount of a line"].groupby("bin")["value"].sum()
    assert list(found) == list(expected)


def test_when_periods_are_counted_then_they_are_pandas_counts(figures, sales):
    _, frame = sales
    assert list(values(figures, "customers who bought")) == list(frame.groupby("ds")["customer_id"].nunique())
    assert list(values(figures, "visits")) == list(frame.groupby("ds")["basket_id"].nunique())
    nobody = frame["customer_id"].isna().groupby(frame["ds"]).mean()
    assert values(figures, "lines without a customer").to_numpy() == pytest.approx(nobody.to_numpy())


def test_when_a_value_is_first_seen_after_training_then_it_is_new(figures, sales):
    _, frame = sales
    fresh = values(figures, "new values of region")
    assert (fresh[fresh.index <= TRAINED] == 0).all()
    expected = (frame["region"] == "east").groupby(frame["ds"]).mean()
    assert fresh.to_numpy() == pytest.approx(expected.to_numpy())


def test_when_a_share_was_never_anything_but_zero_then_it_is_no_figure(figures):
    assert "lines without region" not in set(figures["name"])


def test_when_a_date_is_given_then_nothing_later_is_read(sales):
    assert of_log(sales[0], WEEKS, TRAINED, TRAINED)["ds"].max() == TRAINED


def test_when_segments_are_figures_then_money_and_buyers_are_spread():
    composition = pd.DataFrame({"ds": [UNTIL, UNTIL], "segment": ["a", "b"], "money": [30.0, 70.0], "buyers": [1, 2]})
    found = of_segments(composition)
    assert set(found["name"]) == {"money by segment", "buyers by segment"}
    assert list(found[found["name"] == "money by segment"]["value"]) == [30.0, 70.0]
    assert not len(of_segments(pd.DataFrame()))


def test_when_a_driver_stops_then_it_is_missing(tmp_path):
    ends = pd.date_range("2024-01-07", periods=8, freq="W-SUN")
    frame = pd.DataFrame({"ds": ends[:6], "price": np.arange(1.0, 7.0), "on": [0.0, 1, 0, 0, 1, 0]})
    frame.to_parquet(tmp_path / "driver.parquet")
    table = DriverTable("shelf", tmp_path / "driver.parquet", (), "known", 0, None)
    found = of_drivers((table,), ends, ends[4], ends[-1])
    assert list(values(found, "shelf.price missing")) == [0, 0, 0, 0, 0, 0, 1, 1]
    assert list(values(found, "shelf.price")) == [1, 2, 3, 4, 5, 6]
    flags = found[found["name"] == "shelf.on"]
    assert set(flags["kind"]) == {"counts"} and list(flags.groupby("bin")["value"].sum()) == [4, 2]
