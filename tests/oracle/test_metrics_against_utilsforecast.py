"""Our metrics against those of utilsforecast, computed from the raw history by other code."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.metric.bias import Bias
from forecastlab.metric.coverage import Coverage
from forecastlab.metric.mae import Mae
from forecastlab.metric.mape import Mape
from forecastlab.metric.mase import Mase
from forecastlab.metric.msis import Msis
from forecastlab.metric.pinball import Pinball
from forecastlab.metric.rmse import Rmse
from forecastlab.metric.rmsse import Rmsse
from forecastlab.metric.smape import Smape
from forecastlab.metric.wape import Wape
from forecastlab.schema import Scored

losses = pytest.importorskip("utilsforecast.losses")
SEASON, HORIZON, SERIES, LENGTH = 4, 6, 12, 30
LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    ds = pd.date_range("2021-01-31", periods=LENGTH, freq="ME")
    frames = [
        pd.DataFrame({"unique_id": f"s{i:02d}", "ds": ds, "y": rng.gamma(2, 10 * (i + 1), LENGTH)})
        for i in range(SERIES)
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def forecasts() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    ds = pd.date_range("2023-07-31", periods=HORIZON, freq="ME")
    frames = []
    for i in range(SERIES):
        y, yhat = rng.gamma(2, 10 * (i + 1), HORIZON), rng.gamma(3, 8 * (i + 1), HORIZON)
        width = rng.uniform(2, 8 * (i + 1), HORIZON)
        columns = {"model": yhat, "model-lo-80": yhat - width, "model-hi-80": yhat + 1.5 * width}
        frames.append(pd.DataFrame({"unique_id": f"s{i:02d}", "ds": ds, "y": y} | columns))
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def ours(history: pd.DataFrame, forecasts: pd.DataFrame) -> Scored:
    past = history.pivot(index="unique_id", columns="ds", values="y").to_numpy()
    season = past[:, SEASON:] - past[:, :-SEASON]
    yhat = forecasts["model"].to_numpy()
    quantiles = {0.1: forecasts["model-lo-80"].to_numpy(), 0.5: yhat, 0.9: forecasts["model-hi-80"].to_numpy()}
    return Scored(
        y=forecasts["y"].to_numpy(),
        yhat=yhat,
        series=np.repeat(np.arange(SERIES), HORIZON),
        mae_scale=np.repeat(np.abs(season).mean(axis=1), HORIZON),
        mse_scale=np.repeat(np.square(season).mean(axis=1), HORIZON),
        naive2=yhat,
        quantiles=quantiles,
    )


def test_when_utilsforecast_scores_points_then_our_means_over_series_agree(
    history: pd.DataFrame, forecasts: pd.DataFrame, ours: Scored
) -> None:
    past = {"seasonality": SEASON, "train_df": history}
    assert Mae().score(ours) == pytest.approx(losses.mae(forecasts, ["model"])["model"].mean())
    assert Mase().score(ours) == pytest.approx(losses.mase(forecasts, ["model"], **past)["model"].mean())
    assert Rmsse().score(ours) == pytest.approx(losses.rmsse(forecasts, ["model"], **past)["model"].mean())
    # theirs is a share, ours percent
    assert Mape().score(ours) == pytest.approx(100 * losses.mape(forecasts, ["model"])["model"].mean())
    # theirs is |e| / (|y| + |yhat|), from 0 to 1; ours is that of the M4 competition, from 0 to 200
    assert Smape().score(ours) == pytest.approx(200 * losses.smape(forecasts, ["model"])["model"].mean())


def test_when_utilsforecast_scores_all_rows_as_one_series_then_our_pooled_scores_agree(
    forecasts: pd.DataFrame, ours: Scored
) -> None:
    one = forecasts.assign(unique_id="all")
    assert Rmse().score(ours) == pytest.approx(losses.rmse(one, ["model"])["model"].iloc[0])
    assert Wape().score(ours) == pytest.approx(losses.nd(one, ["model"])["model"].iloc[0])
    expected = losses.bias(one, ["model"])["model"].iloc[0] / one["y"].mean()
    assert Bias().score(ours) == pytest.approx(expected)


def test_when_utilsforecast_scores_quantiles_then_ours_agree(
    history: pd.DataFrame, forecasts: pd.DataFrame, ours: Scored
) -> None:
    columns = {"model": ["model-lo-80", "model", "model-hi-80"]}
    theirs = losses.mqloss(forecasts, columns, quantiles=np.array(LEVELS))["model"].mean()
    assert Pinball(levels=LEVELS).score(ours) == pytest.approx(theirs)
    one = losses.quantile_loss(forecasts, {"model": "model-hi-80"}, q=0.9)["model"].mean()
    assert Pinball(levels=(0.9,)).score(ours) == pytest.approx(one)
    assert Coverage(level=0.8).score(ours) == pytest.approx(
        losses.coverage(forecasts, ["model"], level=80)["model"].mean()
    )


def test_when_utilsforecast_scores_intervals_then_msis_is_its_winkler_score_in_units_of_the_scale(
    forecasts: pd.DataFrame, ours: Scored
) -> None:
    winkler = losses.winkler_score(forecasts, ["model"], level=80)["model"].to_numpy()
    expected = np.mean(winkler / ours.mae_scale[::HORIZON])
    assert Msis(level=0.8).score(ours) == pytest.approx(expected)
