"""What composes: shadowing, origins, nested parts, sweeps and experiments."""

import pytest

from forecastlab.model.naive import Naive
from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.recipe import build, compose, expand
from forecastlab.recipe.compose import options
from forecastlab.schema import ConfigError
from forecastlab.task.run import recipes, study_name


@pytest.fixture(scope="module")
def plain():
    return compose(["model=regression", "backtest.horizon=3", "tracking=none"])


def test_when_a_folder_of_your_own_has_the_same_file_then_it_comes_first_and_the_rest_stays(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "naive.yaml").write_text("# mine\npart: seasonal_naive\n", encoding="utf-8")
    (tmp_path / "model" / "another.yaml").write_text("# mine\npart: naive\n", encoding="utf-8")
    assert isinstance(build(compose(["model=naive"], tmp_path)).experiment.model, SeasonalNaive)
    assert isinstance(build(compose(["model=another"], tmp_path)).experiment.model, Naive)
    assert {"another", "naive", "theta"} <= set(options("model", tmp_path))
    assert "another" not in options("model")
    assert isinstance(build(compose(["model=naive"])).experiment.model, Naive), "the folder outlived its command"


def test_when_a_value_is_asked_for_then_its_origin_is_the_override_or_the_file(plain):
    assert plain.origin("backtest.horizon") == "override backtest.horizon=3"
    assert plain.origin("backtest.step") == "conf/backtest/expanding.yaml"
    assert plain.origin("reconcile") == "conf/reconcile/bottom_up.yaml"
    assert plain.origin("levels.0") == "conf/config.yaml"
    assert plain.choices["model"] == "regression" and plain.choices["tracking"] == "none"


def test_when_a_recipe_is_built_then_nested_parts_and_conventions_are_in_their_places(plain):
    recipe = build(plain)
    assert list(recipe.experiment.model.features) == ["lags", "trend", "calendar", "drivers"]
    assert recipe.experiment.backtest.horizon == 3
    assert recipe.plain["model"]["part"] == "regression" and "space" not in recipe.plain["model"]
    needed = {level for metric in recipe.experiment.metrics.values() for level in metric.levels}
    assert needed <= set(recipe.experiment.levels) and list(recipe.experiment.levels) == sorted(
        recipe.experiment.levels
    )


def test_when_two_configs_are_equal_then_their_parts_are_equal(plain):
    again = build(compose(["model=regression", "backtest.horizon=3", "tracking=none"]))
    assert again.experiment == build(plain).experiment


def test_when_values_are_swept_then_every_combination_is_a_run():
    found = expand(["model=naive,theta", "backtest.horizon=range(1,4)", "levels=[0.1,0.9]"], {})
    assert len(found) == 6 and len(set(found)) == 6
    assert found[0] == ("model=naive", "backtest.horizon=1", "levels=[0.1,0.9]")
    assert found[-1] == ("model=theta", "backtest.horizon=3", "levels=[0.1,0.9]")
    assert expand(["model=choice(naive,theta)"], {}) == [("model=naive",), ("model=theta",)]
    assert expand([], {}) == [()]


def test_when_a_config_sweeps_then_the_command_line_comes_first():
    sweep = {"model": "naive, theta", "backtest.horizon": [1, 2]}
    assert len(expand([], sweep)) == 4
    assert expand(["model=arima"], sweep) == [
        ("model=arima", "backtest.horizon=1"),
        ("model=arima", "backtest.horizon=2"),
    ]
    assert expand(["model=ets,arima", "backtest.horizon=9"], sweep) == [
        ("model=ets", "backtest.horizon=9"),
        ("model=arima", "backtest.horizon=9"),
    ]


def test_when_an_experiment_sweeps_models_then_one_that_is_typed_replaces_them():
    runs = recipes(["+experiments=quickstart", "model=naive", "tracking=none"], None, False)
    assert [run.name for run in runs] == ["naive"]
    assert study_name(runs[0].recipe) == "quickstart"
    assert runs[0].recipe.experiment.target.series_by == ("department", "segment")


def test_when_runs_are_many_then_they_are_named_by_what_differs():
    runs = recipes(["model=naive,theta", "segmentation=none,rfm", "study=s", "tracking=none"], None, True)
    assert [run.name for run in runs] == ["naive none", "naive rfm", "theta none", "theta rfm"]


def test_when_several_runs_are_wrong_then_each_fault_is_said_once():
    with pytest.raises(ConfigError) as caught:
        recipes(["model=naive,theta", "backtest.horizon=0"], None, True)
    assert [fault.code for fault in caught.value.faults] == ["bad-value"]


@pytest.mark.parametrize("words", ["model=glob(n*)", "backtest.horizon=interval(1,3)"])
def test_when_a_sweep_is_no_list_of_values_then_it_is_expanded_or_a_fault_but_never_a_bug(words):
    try:
        assert {"model=naive", "model=naive2"} <= {line for point in expand([words], {}) for line in point}
    except ConfigError as error:
        assert words in str(error)
