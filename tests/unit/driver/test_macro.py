"""The economy by quarter against figures read off the source's own table (statsmodels)."""

import pandas as pd
import pytest
from statsmodels.datasets import macrodata

from forecastlab.driver.macro import Macro
from forecastlab.schema import ConfigError, DataError, Frequency


def table(columns, code, first, last):
    freq = Frequency(code)
    part = Macro(columns, "last", 1, None)
    return part.load(None, freq, freq.ends(pd.Timestamp(first), pd.Timestamp(last))).set_index("ds")


def test_when_quarters_then_the_figures_are_those_of_the_source():
    source = macrodata.load_pandas().data
    found = table({"unemp": "level", "realdpi": "growth"}, "Q", "1959-01-01", "2009-09-30")
    assert found["unemp"].tolist() == source["unemp"].tolist()
    growth = source["realdpi"].pct_change(4) * 100
    pd.testing.assert_series_equal(found["realdpi"].reset_index(drop=True), growth, check_names=False)


def test_when_months_then_each_has_the_last_quarter_that_was_over():
    # unemployment: 5.3 in the quarter to December 1996, 5.2 in that to March, 5.0 in that to June 1997
    found = table({"unemp": "level"}, "M", "1997-01-01", "1997-07-31")["unemp"]
    assert found.tolist() == [5.3, 5.3, 5.2, 5.2, 5.2, 5.0, 5.0]


def test_when_a_week_ends_a_day_before_the_quarter_does_then_the_quarter_is_not_over():
    found = table({"unemp": "level"}, "W-SUN", "1997-03-17", "1997-04-06")["unemp"]
    assert found.index.strftime("%m-%d").tolist() == ["03-23", "03-30", "04-06"]
    assert found.tolist() == [5.3, 5.3, 5.2]


def test_when_the_source_ends_then_later_periods_have_no_row():
    assert table({"unemp": "level"}, "Q", "2009-01-01", "2010-12-31").index[-1] == pd.Timestamp("2009-09-30")


def test_when_no_period_is_known_then_an_error_names_both_spans():
    with pytest.raises(DataError, match="the source knows 1959Q1 to 2009Q3"):
        table({"unemp": "level"}, "M", "2017-01-01", "2017-12-31")


def test_when_a_column_is_unknown_then_the_nearest_is_named():
    with pytest.raises(ConfigError, match=r"found unemployment, there are realgdp.*did you mean unemp"):
        table({"unemployment": "level"}, "Q", "1997-01-01", "1997-12-31")
