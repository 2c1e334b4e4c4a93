"""The calendar of hours: names of periods, usual seasons, what a past bears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from forecastlab.cli.show import forecast_table
from forecastlab.driver.holidays import Holidays
from forecastlab.driver.table import Table
from forecastlab.schema import ConfigError, Facts, Frequency, Grid, Ledger, SalesLog, written
from forecastlab.stages.calendar import calendar
from forecastlab.stages.target import check
from forecastlab.target.sales import Sales


@dataclass(frozen=True)
class Source:
    freq: str
    season: object
    warmup: str | None = None


def grid(periods: int) -> Grid:
    ds = Frequency("h").after(pd.Timestamp("2024-01-01"), periods)
    return Grid(np.array(["a"]), ds, np.tile([1.0, 9.0, 4.0], periods)[None, :periods])


def test_when_a_period_is_shorter_than_a_day_then_it_begins_where_it_is_named() -> None:
    hour, end = Frequency("h"), pd.Timestamp("2024-02-28 23:00")
    assert hour.start(end) == end and hour.shift(end, 1) == pd.Timestamp("2024-02-29")
    assert [written(each) for each in hour.after(end, 2)] == ["2024-02-29", "2024-02-29 01:00"]
    assert len(hour.ends(end, pd.Timestamp("2024-02-29 05:00"))) == 7
    assert (hour.season, hour.seasons, Frequency("30min").season) == (24, (24, 168), 48)


def test_when_a_frequency_is_unknown_then_the_error_names_those_of_the_clock() -> None:
    with pytest.raises(ConfigError, match="15min, 30min, h, D"):
        Frequency("10min")


@pytest.mark.parametrize(
    ("season", "periods", "borne"),
    [
        (None, 336, (24, (168,))),
        (None, 335, (24, ())),
        (None, 24, (1, ())),
        (8, 400, (8, ())),
        ([8, 40], 400, (8, (40,))),
        ("detect", 400, (3, ())),
    ],
)
def test_when_seasons_are_declared_usual_or_found_then_the_past_bears_what_it_holds(
    season: object, periods: int, borne: tuple[int, tuple[int, ...]]
) -> None:
    assert calendar(Source("h", season), "h").borne(grid(periods)) == borne


def test_when_a_log_is_asked_for_hours_then_days_are_offered() -> None:
    facts = Facts("log", "2024-01-01", "2024-02-01", (), True, Ledger(1, 1, 1, 1))
    from forecastlab.segmentation.none import NoSegments

    with pytest.raises(ConfigError, match=r"type target\.freq=D"):
        check(Sales("amount", (), "h", "rolling", True), facts, NoSegments())


def test_when_periods_are_hours_then_a_holiday_is_all_of_its_hours_and_a_table_has_hours(tmp_path) -> None:
    ends = pd.date_range("2024-07-03 22:00", periods=4, freq="h")
    log = SalesLog(tmp_path / "none", Facts("panel", "", "", (), False, Ledger(0, 0, 0, 0)))
    free = Holidays("US", None, None, False, False, 0, "known", 0, None).load(log, Frequency("h"), ends)
    assert free["days"].tolist() == [0, 0, 1, 1]
    (tmp_path / "t.csv").write_text("at,price\n2024-07-03 23:10,2\n2024-07-04 00:00,3\n", encoding="utf-8")
    table = Table(
        str(tmp_path / "t.csv"), "at", {}, {"price": "price"}, "mean", ",", ".", "%Y-%m-%d %H:%M", "last", 0, None
    )
    found = table.load(log, Frequency("h"), ends)
    assert found["ds"].tolist() == [ends[1], ends[2]] and found["price"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("declared", "absent"), [(336, "336"), ([24, 168], "168"), ([336, 168], "336, 168"), (24, ""), (1, ""), (None, "")]
)
def test_when_a_season_that_was_declared_cannot_be_borne_then_a_note_says_so(declared: object, absent: str) -> None:
    asked = calendar(Source("h", declared), "h")
    first, longer = asked.borne(grid(200))  # 168 hours as a further season need 336
    told = asked.notes(tuple(season for season in (first, *longer) if season > 1))
    wanted = f"dataset.season: {absent} periods are longer than the past can bear, so there is no such season"
    assert told == ((wanted,) if absent else ())


@pytest.mark.parametrize(
    ("freq", "shown"), [("h", ["2024-07-03 23:00", "2024-07-04 00:00"]), ("D", ["2024-07-03", "2024-07-04"])]
)
def test_when_forecasts_are_of_hours_then_the_table_shows_the_clock_throughout(freq: str, shown: list[str]) -> None:
    ds = pd.to_datetime(shown)
    frame = pd.DataFrame({"unique_id": "a", "level": "series", "ds": ds, "yhat": [1.0, 2.0]})
    assert list(forecast_table(frame).columns[0].cells) == shown
