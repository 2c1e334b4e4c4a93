"""The gate's bars where customers are scored, with figures that can be worked out by hand."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from forecastlab.flow.outcome import Facts, Outcome
from forecastlab.metric.brier import Brier
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError
from forecastlab.stages.score import score
from forecastlab.task.board import board
from forecastlab.task.finding import FEW
from forecastlab.task.gate import findings
from forecastlab.task.reasons import _against
from forecastlab.task.register import _chosen

RECIPE = build(compose(["target=churn"]))
GATE, COMPARE = RECIPE.settings.promote, RECIPE.settings.compare
QUALITY = {"rows_in": 100, "dropped": {}}
WEEKS = pd.date_range("2024-01-07", periods=40, freq="W-SUN")


def outcome(sure, folds=10, segment="active", asked=8):
    """In every fold half of the customers leave; who leaves gets ``sure``, who stays ``1 - sure``."""
    rows = []
    for i in range(folds):
        p = sure[i] if isinstance(sure, list) else sure
        for customer in range(asked):
            left = float(customer % 2)
            part = segment if customer < asked - 1 else "new"
            rows.append((f"c{customer}", part, WEEKS[i], WEEKS[i + 1], left, p if left else 1 - p))
    frame = pd.DataFrame(rows, columns=["unique_id", "segment", "cutoff", "ds", "y", "yhat"])
    frame = frame.assign(level="customer", role="test", step=1, source="model")
    frame = frame.assign(mae_scale=np.nan, mse_scale=np.nan, naive2=np.nan, base=frame["yhat"])
    told = {
        "name": "m", "key": "k", "choices": {"target": "churn"}, "overrides": [], "oracle": False,
        "folds": {"test": [folds, folds]}, "failed": {}, "failed_roles": {}, "sources": {"model": len(frame)},
        "quantile_sources": {}, "n_fallback": 0, "n_clipped": 0, "seconds": 0.0, "peak_mb": 0.0, "season": 1,
        "account": {}, "aside": {}, "notes": [], "data": {},
    }  # fmt: skip
    nothing = pd.DataFrame()
    scores = score(frame, {"brier": Brier()}, {"test": folds})
    return Outcome(Facts(**told), frame, scores, nothing, nothing, nothing, nothing, nothing)


def bars(challenger, champion=None, **changes):
    gate = dataclasses.replace(GATE, customers=dataclasses.replace(GATE.customers, **changes))
    return {each.name: each for each in findings(challenger, champion, QUALITY, 1, gate, COMPARE)}


def test_when_there_is_no_champion_then_skill_and_calibration_count_and_an_event_has_no_interval():
    found = bars(outcome(0.8))
    assert list(found) == ["skill", "calibration", "quality", "looks"] and all(each.passed for each in found.values())
    # Telling all of them one half costs .25 each; telling .8 and .2 costs .04.
    assert found["skill"].numbers["skill"] == pytest.approx(1 - 0.04 / 0.25)
    assert found["calibration"].numbers["ratio"] == pytest.approx(1.0)


def test_when_it_says_no_more_than_one_mean_then_it_fails():
    assert not bars(outcome(0.5))["skill"].passed and not bars(outcome(0.4))["skill"].passed


def test_when_too_much_is_foretold_in_all_then_it_fails():
    high = outcome(0.8)
    high.forecasts["yhat"] = np.where(high.forecasts["y"] == 1, 0.9, 0.6)
    found = bars(high)["calibration"]
    assert not found.passed and found.numbers["ratio"] == pytest.approx(1.5)  # 1.5 of each two are foretold, one leaves


def test_when_it_is_clearly_better_over_enough_origins_then_it_passes():
    champion = outcome([0.7, 0.6, 0.7, 0.6, 0.7, 0.6, 0.7, 0.6, 0.7, 0.6])
    found = bars(outcome(0.8), champion)["better"]
    # Brier .04 against .09 and .16: -.05 or -.12, on average -.085 of .125.
    assert found.passed and found.numbers["difference"] == pytest.approx(-0.085 / 0.125) and not found.label
    assert found.numbers["origins"] == 10 and found.numbers["high"] < 0


def test_when_there_are_few_origins_then_it_must_be_within_the_margin_and_says_so():
    champion = outcome(0.8, folds=2)
    near, far = bars(outcome(0.799, folds=2), champion)["better"], bars(outcome(0.79, folds=2), champion)["better"]
    assert near.passed and near.label == FEW and near.numbers["difference"] == pytest.approx(0.201**2 / 0.04 - 1)
    assert not far.passed and far.numbers["difference"] == pytest.approx(0.21**2 / 0.04 - 1)


def test_when_a_segment_is_scored_worse_then_it_fails_though_the_whole_is_not():
    champion, challenger = outcome(0.8), outcome(0.8)
    gone = challenger.forecasts["segment"] == "new"
    challenger.forecasts.loc[gone, "yhat"] = 0.7  # those in it leave: wrong by .3 in place of .2
    found = bars(challenger, champion)["segments"]
    assert not found.passed and found.numbers == pytest.approx({"active": 0.0, "new": 0.5})


def test_when_another_question_was_asked_then_they_do_not_compare():
    found = bars(outcome(0.8), outcome(0.7, asked=6))
    assert not found["better"].passed and "another question" in found["better"].words and "segments" not in found


@pytest.mark.parametrize(
    ("backtest", "typed"), [("cutoffs", """type 'backtest.test=["DATE", …]'"""), ("rolling", "type backtest.test=3")]
)
def test_when_no_fold_only_confirms_then_what_to_type_fits_the_backtest(backtest, typed):
    run = outcome(0.8)
    facts = dataclasses.replace(run.facts, choices={"target": "churn", "backtest": backtest})
    found = bars(dataclasses.replace(run, facts=facts, forecasts=run.forecasts.assign(role="select")))["skill"]
    assert not found.passed and found.words == f"there is no fold that could tell; {typed} and run it again"


def test_when_no_fold_could_be_judged_then_nothing_is_best_and_nothing_is_registered():
    run = outcome(0.8)
    assert not board({"one": run, "two": run}, COMPARE).unjudged
    run = dataclasses.replace(run, scores=run.scores.assign(value=np.nan))
    table = board({"one": run, "two": run}, COMPARE)
    assert table.unjudged and table.verdict().startswith("nothing was judged: BRIER could be told in no fold")
    study = SimpleNamespace(outcomes=lambda: [run, run], names=lambda _: ["one", "two"], recipe=lambda _: {})
    with pytest.raises(ConfigError) as error:
        _chosen(study, SimpleNamespace(recipe=RECIPE, own={}))
    (fault,) = error.value.faults
    assert fault.code == "no-folds" and """'backtest.select=["DATE", …]'""" in str(error.value)


def test_when_more_is_better_then_what_is_told_of_a_version_has_the_sign_of_the_measure():
    mine = {"evidence": "clear", "lo": -0.09, "diff": -0.061, "hi": -0.03}
    assert _against(mine, SimpleNamespace(metric="qini")) == "+0.061 [+0.030, +0.090], clear"
    assert _against(mine, SimpleNamespace(metric="wape")) == "-6.1 [-9.0, -3.0] points, clear"
