"""What a grid is: our points beside those of Hydra's own sweeper, and the runs that come of them."""

import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser

from forecastlab.recipe import expand
from forecastlab.task.run import recipes

GRIDS = [
    ["model=naive,theta"],
    ["model=naive,theta", "segmentation=rfm,lifecycle,none", "study=cuts"],
    ["backtest.horizon=range(1,5)", "backtest.step=range(1,9,3)"],
    ["backtest.horizon=range(3)"],
    ["model=choice(naive,theta)", "backtest.gap=choice(0,1)"],
    ["model=ridge", "model.strength=0.01,0.1,1.0", "model.features.lags.lags=[1,2],[1,2,4]"],
    ["levels=[0.1,0.9]", "compare.alpha=0.05"],
    ["model=ridge", "model.fit_by=[],[segment],[unique_id]"],
    ["model=sort(theta,ets,naive)", "backtest.horizon=sort(3,1,2,reverse=true)"],
    ["question='a, b'", "+what_if.half={promotions.display:-3}", "model=naive,theta"],
]


@pytest.mark.parametrize("words", GRIDS, ids=" ".join)
def test_when_a_grid_is_typed_then_its_points_are_those_of_hydra_in_the_same_order(words):
    parsed = OverridesParser.create().parse_overrides(words)
    (theirs,) = BasicSweeper.split_arguments(parsed, max_batch_size=None)
    assert [list(point) for point in expand(words, {})] == theirs


def test_when_a_value_deep_in_the_config_is_varied_then_each_run_has_its_own():
    words = ["model=ridge", "model.features.lags.lags=[1,2],[1,2,4]", "model.strength=0.01,0.1"]
    runs = recipes(words, None, True)
    found = [
        (list(run.recipe.experiment.model.features["lags"].lags), run.recipe.experiment.model.strength) for run in runs
    ]
    assert found == [([1, 2], 0.01), ([1, 2], 0.1), ([1, 2, 4], 0.01), ([1, 2, 4], 0.1)]
    assert runs[0].name == "ridge model.features.lags.lags=[1,2] model.strength=0.01"
    assert len({run.name for run in runs}) == 4


def test_when_a_glob_is_typed_then_every_file_that_fits_is_a_run():
    runs = recipes(["model=glob(*naive)", "segmentation=none"], None, True)
    assert [run.name for run in runs] == ["naive", "seasonal_naive"]
