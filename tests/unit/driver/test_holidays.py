"""Holidays against the calendar on the wall."""

import builtins
from dataclasses import replace

import pandas as pd
import pytest

from forecastlab.driver.holidays import Holidays
from forecastlab.schema import ConfigError, EnvironmentFault, Frequency

US = Holidays("US", None, None, False, False, 0, "known", 0, None)


def table(part, code, first, last):
    freq = Frequency(code)
    return part.load(None, freq, freq.ends(pd.Timestamp(first), pd.Timestamp(last))).set_index("ds")


def test_when_weeks_then_the_holidays_of_each_week_are_counted():
    # 2017: Thanksgiving on Thursday 23 November, Christmas on Monday 25 December, New Year on Monday 1 January
    found = table(US, "W-SAT", "2017-11-12", "2018-01-06")["days"]
    assert found.tolist() == [0, 1, 0, 0, 0, 0, 1, 1]


def test_when_days_before_count_then_they_are_those_of_the_period_and_no_holidays_themselves():
    found = table(replace(US, lead_days=3), "W-SAT", "2017-11-12", "2018-01-06")["before"]
    # 20 to 22 November; 22 and 23 December; 24 December and 29, 30 December; 31 December
    assert found.tolist() == [0, 3, 0, 0, 0, 2, 3, 1]


def test_when_the_last_period_ends_just_before_a_holiday_then_it_knows_of_it():
    assert table(replace(US, lead_days=3), "M", "2017-12-01", "2017-12-31")["before"].tolist() == [3 + 3]


def test_when_named_and_apart_then_each_has_a_column():
    part = replace(US, names=("Thanksgiving Day", "Christmas Day", "New Year's Day"), apart=True)
    found = table(part, "M", "2017-10-01", "2018-01-31")
    assert list(found.columns) == ["christmas_day", "new_years_day", "thanksgiving_day"]
    assert found.to_numpy().tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]


def test_when_days_off_in_place_of_a_holiday_count_then_they_do():
    # Independence Day 2021 was a Sunday, the day off Monday the 5th
    assert table(US, "M", "2021-07-01", "2021-07-31")["days"].tolist() == [1]
    assert table(replace(US, observed=True), "M", "2021-07-01", "2021-07-31")["days"].tolist() == [2]


def test_when_a_state_has_holidays_of_its_own_then_they_count():
    # Patriots' Day of Massachusetts: 17 April 2017
    whole, state = (
        table(replace(US, subdivision=name), "M", "2017-04-01", "2017-04-30")["days"].iloc[0] for name in (None, "MA")
    )
    assert (whole, state) == (0, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"country": "XX"}, "driver.holidays.country: found XX"),
        ({"subdivision": "NYC"}, "found NYC, US has AK.*did you mean NY"),
        ({"names": ("Christmas",)}, "found 'Christmas'.*did you mean Christmas Day"),
    ],
)
def test_when_a_word_is_not_known_then_the_known_ones_are_named(change, message):
    with pytest.raises(ConfigError, match=message):
        table(replace(US, **change), "M", "2017-01-01", "2017-12-31")


def test_when_the_package_is_missing_then_the_command_that_installs_it_is_told(monkeypatch):
    honest = builtins.__import__

    def without(name, *rest, **options):
        if name == "holidays":
            raise ImportError(name)
        return honest(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EnvironmentFault, match=r"pip install 'forecastlab\[drivers\]'"):
        US.fingerprint()
