"""One series that breaks a method never sinks the others, and never hides."""

import random
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from broken_models import Broken

from forecastlab.cache.store import Store
from forecastlab.executor.processes import Processes
from forecastlab.executor.serial import Serial
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import build, compose

VICTIM = "region=R2"
KEYS = ["unique_id", "ds"]


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    """A small shop with four regions, each a series of its own."""
    place = tmp_path_factory.mktemp("broken")
    dice, lines = random.Random(1), ["who,day,money,region"]
    for day in range(7 * 30):
        for region in range(4):
            when = date(2024, 1, 1) + timedelta(day)
            lines.append(f"c{dice.randrange(50)},{when},{dice.uniform(1, 9):.2f},R{region}")
    (place / "shop.csv").write_text("\n".join(lines))
    words = [
        "dataset=csv",
        f"dataset.path={place / 'shop.csv'}",
        "dataset.customer=who",
        "dataset.time=day",
        "dataset.amount=money",
        "+dataset.dimensions.region=region",
        "segmentation=none",
        "target.series_by=[region]",
        "model=naive",
        "backtest.horizon=2",
        "backtest.select=0",
        "backtest.test=1",
        "backtest.min_train=4",
        "metric=[wape]",
    ]
    return build(compose(words)).experiment, place


def answers(question, model, executor, root):
    experiment, place = question
    experiment = replace(experiment, model=model) if model is not None else experiment
    store = Store(place / root)
    with executor:
        return list(run(experiment, prepare(experiment, store), store, executor))


@pytest.fixture(scope="module")
def sound(question):
    """What the method answers where nothing breaks."""
    return answers(question, None, Serial(), "sound")


def bottom(result):
    frame = result.frame[result.frame["level"] == "region"]
    return frame.sort_values(KEYS, ignore_index=True)


@pytest.mark.parametrize(
    ("how", "executor", "reason"),
    [
        ("raises", Serial(), "ArithmeticError: cannot do this one"),
        ("nan", Serial(), "no observation"),
        ("explodes", Serial(), "not a finite, believable number"),
        ("raises", Processes(workers=2, timeout=None, memory=None, retries=0), "ArithmeticError: cannot do this one"),
        ("dies", Processes(workers=2, timeout=None, memory=None, retries=0), "WorkerLost: died"),
        ("hangs", Processes(workers=2, timeout=3.0, memory=None, retries=0), "WorkerLost: timeout"),
        ("eats", Processes(workers=2, timeout=None, memory=1500, retries=0), "WorkerLost: memory"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_when_one_series_breaks_then_the_others_are_the_same_and_it_is_in_the_ledger(
    question, sound, how, executor, reason
):
    broken = answers(question, Broken(VICTIM, how), executor, f"{how}-{type(executor).__name__}")
    for before, after in zip(sound, broken, strict=True):
        assert not after.reason
        others = bottom(before)["unique_id"] != VICTIM
        pd.testing.assert_frame_equal(
            bottom(before)[others][[*KEYS, "yhat", "y", "source"]],
            bottom(after)[others][[*KEYS, "yhat", "y", "source"]],
            check_exact=True,
        )
        assert set(bottom(after)[~others]["source"]) == {"fallback"}
        assert after.failures["unique_id"].tolist() == [VICTIM]
        assert after.failures["reason"].iloc[0].startswith(reason)
        assert after.failures["fallback"].tolist() == ["seasonal_naive"]
