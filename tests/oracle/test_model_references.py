"""Our models against the libraries that they stand on, used the way their own documentation does."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.feature.lags import Lags
from forecastlab.model.arima import Arima
from forecastlab.model.ets import Ets
from forecastlab.model.regression import Regression
from forecastlab.model.theta import Theta
from forecastlab.model.xgboost import Xgboost
from forecastlab.schema import Frequency, Future, Grid, History

FREQ = Frequency("M")


@pytest.fixture(scope="module")
def past():
    draw = np.random.default_rng(11)
    t = np.arange(48)
    season = 1 + 0.3 * np.sin(t * np.pi / 6)
    values = np.exp(0.1 * draw.normal(size=(4, 48))) * season * (50 + t) * np.array([[1], [10], [100], [3]])
    ids = np.array([f"s{i}" for i in range(4)])
    ds = FREQ.after(pd.Timestamp("2015-12-31"), 48)
    return History(Grid(ids, ds, values), FREQ, 12, pd.DataFrame({"segment": "all"}, index=ids))


def future(past, steps, levels=()):
    return Future(FREQ.after(past.cutoff, steps), 1, levels)


def models():
    from statsforecast import models as sf

    small = {"max_p": 1, "max_q": 1, "max_P": 1, "max_Q": 0, "start_p": 1, "start_q": 1, "start_Q": 0}
    return {
        "theta": (Theta("standard", "multiplicative"), sf.Theta(season_length=12, alias="m")),
        "optimized": (Theta("optimized", "additive"), sf.OptimizedTheta(12, decomposition_type="additive", alias="m")),
        "dynamic": (Theta("dynamic", "multiplicative"), sf.DynamicTheta(season_length=12, alias="m")),
        "dot": (Theta("dynamic_optimized", "multiplicative"), sf.DynamicOptimizedTheta(season_length=12, alias="m")),
        "auto": (Theta("auto", "multiplicative"), sf.AutoTheta(season_length=12, alias="m")),
        "ets": (Ets("ZZZ", None, 24, "move"), sf.AutoETS(season_length=12, alias="m")),
        "damped": (Ets("AAN", True, 24, "move"), sf.AutoETS(season_length=12, model="AAN", damped=True, alias="m")),
        "arima": (
            Arima(1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 5, "aicc", True, True, 12, "move"),
            sf.AutoARIMA(season_length=12, max_d=1, approximation=True, alias="m", **small),
        ),
    }


# the library's own run complains of its optimiser; ours does so too, and silences it
@pytest.mark.filterwarnings("ignore:possible convergence problem:UserWarning")
@pytest.mark.parametrize("name", ["theta", "optimized", "dynamic", "dot", "auto", "ets", "damped", "arima"])
def test_when_statsforecast_runs_the_panel_itself_then_the_same_forecasts(name, past):
    from statsforecast import StatsForecast

    part, model = models()[name]
    theirs = StatsForecast(models=[model], freq="ME", n_jobs=1).forecast(df=past.panel, h=6, level=[80, 95])
    ours = part.fit(past).predict(future(past, 6, (0.025, 0.1, 0.5, 0.9, 0.975)))
    np.testing.assert_allclose(ours.yhat.ravel(), theirs["m"], rtol=1e-10)
    for level, column in {0.025: "m-lo-95", 0.1: "m-lo-80", 0.9: "m-hi-80", 0.975: "m-hi-95"}.items():
        np.testing.assert_allclose(ours.quantiles[level].ravel(), theirs[column], rtol=1e-10)
    assert (ours.ds == pd.DatetimeIndex(theirs["ds"][:6])).all()


@pytest.mark.parametrize("ridge", [0.0, 1.0, 30.0])
def test_when_scikit_learn_fits_the_same_rows_then_the_same_rule(ridge):
    from sklearn.linear_model import LinearRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    draw = np.random.default_rng(2)
    x = draw.normal(size=(60, 4)) * [1, 10, 0.1, 5] + [0, 3, 100, -2]
    y = x @ [1.0, -0.2, 4.0, 0.0] + draw.normal(size=60)
    ours = Regression({}, [], [], "level", ridge).learn(x, y)
    theirs = make_pipeline(StandardScaler(), Ridge(alpha=ridge) if ridge else LinearRegression()).fit(x, y)
    new = draw.normal(size=(10, 4)) * 7
    np.testing.assert_allclose(ours.predict(new), theirs.predict(new), rtol=1e-9)


def test_when_xgboost_is_used_by_its_scikit_learn_face_then_the_same_first_step(past):
    from xgboost import XGBRegressor

    part = Xgboost({"lags": Lags([1, 2, 12], [3])}, [], [], "level", "absolute", 12, 0.2, 4, 2.0, 1.0, 1.0, 0.1, 2.0, 0)
    y = past.grid.values / past.grid.values.mean(axis=1, keepdims=True)
    padded = np.hstack([np.full((4, 12), np.nan), y])

    def rows(t):
        before = padded[:, : t + 12]
        return np.column_stack([before[:, -1], before[:, -2], before[:, -12], before[:, -3:].mean(axis=1)])

    x = np.concatenate([rows(t) for t in range(1, 48)])
    model = XGBRegressor(
        n_estimators=12,
        learning_rate=0.2,
        max_depth=4,
        min_child_weight=2,
        reg_alpha=0.1,
        reg_lambda=2,
        objective="reg:absoluteerror",
        tree_method="hist",
        n_jobs=1,
    ).fit(x, np.concatenate([y[:, t] for t in range(1, 48)]))
    expected = model.predict(rows(48)) * past.grid.values.mean(axis=1)
    np.testing.assert_allclose(part.fit(past).predict(future(past, 1)).yhat[:, 0], expected, rtol=1e-5)
