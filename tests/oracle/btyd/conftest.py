"""The published tenth of CDNOW as the papers prepare it: weeks, same-day purchases merged, known to 1997-09-30."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.btyd.buyers import Buyers
from forecastlab.schema.packages import package_file

END = pd.Timestamp("1997-09-30")


@pytest.fixture(scope="session")
def days():
    """One row per customer and day: ``id, date, amount``, holdout included."""
    lines = pd.read_csv(
        package_file("lifetimes", "datasets/CDNOW_sample.txt"),
        sep=r"\s+",
        header=None,
        names=["master", "id", "date", "cds", "amount"],
        parse_dates=["date"],
    )
    return lines.groupby(["id", "date"], as_index=False)["amount"].sum()


@pytest.fixture(scope="session")
def buyers(days):
    """The 2,357 customers."""
    known = days[days["date"] <= END].groupby("id")["date"]
    first, last = known.min(), known.max()
    weeks = ((when - first).dt.days.to_numpy() / 7 for when in (last, pd.Series(END, first.index)))
    return Buyers(known.size().to_numpy(float) - 1, *weeks)


@pytest.fixture(scope="session")
def spend(days):
    """Repeat purchases, and what they cost on average, of those who made any."""
    known = days[days["date"] <= END]
    repeat = known[known["date"] > known.groupby("id")["date"].transform("min")].groupby("id")["amount"]
    return repeat.size().to_numpy(float), np.asarray(repeat.mean())
