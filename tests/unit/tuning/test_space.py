"""What a search may choose from, and how declared spaces are read."""

import pytest

from forecastlab.flow.members import leaves
from forecastlab.recipe import compose
from forecastlab.recipe.space import searchable
from forecastlab.schema import ConfigError
from forecastlab.tuning.space import Dimension, Proposal, Trial, best, front, grid

SMALL = ["dataset=cdnow", "segmentation=none", "executor=serial", "tracking=none"]


def trial(index, values, losses=()):
    return Trial(index, Proposal({}, {}), "done", losses, values, 0.0)


def faults(*overrides):
    with pytest.raises(ConfigError) as caught:
        searchable(compose([*SMALL, *overrides]))
    return [(fault.code, fault.where.rpartition(": ")[2]) for fault in caught.value.faults]


def test_when_a_part_declares_a_space_then_its_values_are_searched_under_their_dotted_keys():
    found = searchable(compose([*SMALL, "model=theta"]))
    assert [dimension.key for dimension in found.space] == ["model.decomposition", "model.variant"]
    recipe = found.recipe({"model.variant": "dynamic", "model.decomposition": "additive"})
    assert (recipe.experiment.model.variant, recipe.experiment.model.decomposition) == ("dynamic", "additive")


def test_when_values_are_typed_as_overrides_then_the_recipe_is_the_same():
    found = searchable(compose([*SMALL, "model=regression"]))
    params = {"model.fit_by": ["segment"], "model.ridge": 0.5, "model.target": "level"}
    again = searchable(compose([*SMALL, "model=regression", *found.overrides(params)]))
    assert again.recipe(params).experiment == found.recipe(params).experiment
    assert compose([*SMALL, "model=regression", *found.overrides(params)]).values["model"]["fit_by"] == ["segment"]


def test_when_the_method_is_searched_then_each_brings_its_own_space():
    found = searchable(compose([*SMALL, "tuning.over={model: {choices: [theta, naive, regression]}}".replace(" ", "")]))
    by_key = {dimension.key: dimension for dimension in found.space}
    assert found.space[0].key == "model"
    assert by_key["model(theta).variant"].when == {"model": ("theta",)}
    assert found.recipe({"model": "naive"}).experiment.model.__class__.__name__ == "Naive"
    params = {"model": "theta", "model(theta).variant": "dynamic", "model(theta).decomposition": "additive"}
    assert found.overrides(params) == ["model=theta", "model.variant=dynamic", "model.decomposition=additive"]


def test_when_drivers_are_searched_then_each_choice_is_a_list_of_them():
    found = searchable(compose([*SMALL, "model=ridge", "tuning.over={driver:{choices:[[],[holidays]]}}"]))
    assert found.space[0].choices == ("[]", "[holidays]")
    with_holidays = found.recipe({"driver": "[holidays]", "model.strength": 1.0})
    assert list(with_holidays.experiment.drivers) == ["holidays"]
    assert not found.recipe({"driver": "[]"}).experiment.drivers
    assert found.overrides({"driver": "[holidays]"}) == ["driver=[holidays]"]


def test_when_members_are_searched_then_every_set_of_them_is_a_choice_and_theirs_exist_with_them():
    found = {dimension.key: dimension for dimension in searchable(compose([*SMALL, "model=ensemble"])).space}
    assert list(found["model.use"].choices) == [
        ["theta", "ets", "arima"],
        ["theta", "ets"],
        ["theta", "arima"],
        ["ets", "arima"],
        ["theta"],
        ["ets"],
        ["arima"],
    ]
    theta = found["model.members.theta.variant"]
    assert theta.exists({"model.use": ["theta", "arima"]}) and not theta.exists({"model.use": ["ets"]})


def test_when_few_members_are_searched_then_a_set_has_so_many_at_least():
    over = "tuning.over={model.use:{some_of:[theta,ets,arima],at_least:2}}"
    (use, *_) = [d for d in searchable(compose([*SMALL, "model=ensemble", over])).space if d.key == "model.use"]
    assert use.choices == (["theta", "ets", "arima"], ["theta", "ets"], ["theta", "arima"], ["ets", "arima"])


def test_when_a_member_takes_no_part_then_nothing_of_it_is_searched():
    found = searchable(compose([*SMALL, "model=ensemble", "model.use=[ets]", "tuning.over={model.use:null}"]))
    assert not [d.key for d in found.space if ".theta." in d.key or ".arima." in d.key]


def test_when_members_are_chosen_then_only_theirs_are_fitted():
    found = searchable(compose([*SMALL, "model=ensemble"]))
    recipe = found.recipe({"model.use": ["ets", "theta"], "model.members.theta.variant": "dynamic"})
    assert [leaf.name for leaf in leaves(recipe.experiment.model)] == ["theta", "ets"]
    assert found.overrides({"model.use": ["ets", "theta"]}) == ["model.use=[ets,theta]"]


def test_when_the_method_is_searched_then_members_of_a_combination_are_too():
    found = searchable(compose([*SMALL, "tuning.over={model:{choices:[naive,ensemble]}}"]))
    by_key = {dimension.key: dimension for dimension in found.space}
    theta = by_key["model(ensemble).members.theta.variant"]
    assert theta.exists({"model": "ensemble", "model(ensemble).use": ["theta"]})
    assert not theta.exists({"model": "ensemble", "model(ensemble).use": ["ets"]})
    keys = [dimension.key for dimension in found.space]
    assert keys.index("model(ensemble).use") < keys.index("model(ensemble).members.theta.variant")


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ("{model.fit_by:{some_of:[]}}", "bad-space"),
        ("{model.fit_by:{some_of:[a],at_least:2}}", "bad-space"),
        ("{model.fit_by:{some_of:[a,b,c,d,e,f,g,h,i,j]}}", "bad-space"),
        ("{model.fit_by:{some_of:nothing}}", "bad-space"),
        ("{model.ridge:{low:9,high:1}}", "bad-space"),
        ("{model.ridge:{low:0,high:1,log:true}}", "bad-space"),
        ("{model.ridge:{low:1}}", "bad-space"),
        ("{model.ridge:{choices:[]}}", "bad-space"),
        ("{model.rigde:{low:1,high:2}}", "unknown-key"),
        ("{model:{choices:[theta,nope]}}", "unknown-choice"),
    ],
)
def test_when_a_space_is_wrong_then_it_is_refused_before_any_data_is_read(over, code):
    assert [found for found, _ in faults("model=regression", f"tuning.over={over}")] == [code]


def test_when_a_grid_has_no_end_then_it_is_refused():
    assert faults("model=regression", "tuning=grid")[0][0] == "endless-grid"
    everywhere = "{model.ridge:{low:0.0,high:1.0,step:0.000001}}"
    assert faults("model=regression", "tuning=grid", f"tuning.over={everywhere}")[0][0] == "large-grid"


def test_when_there_is_nothing_to_search_then_it_says_what_to_type():
    assert faults("model=naive") == [("no-space", "tuning.over")]


def test_when_a_grid_is_walked_then_every_point_that_exists_comes_once():
    space = (
        Dimension("a", choices=("x", "y")),
        Dimension("b", whole=True, low=1, high=3, step=1, when={"a": ("x",)}),
    )
    assert list(grid(space)) == [{"a": "x", "b": 1}, {"a": "x", "b": 2}, {"a": "x", "b": 3}, {"a": "y"}]


def test_when_there_are_two_objectives_then_the_front_is_what_nothing_beats_each_once():
    trials = [
        trial(0, (1.0, 9.0)),
        trial(1, (2.0, 2.0)),
        trial(2, (3.0, 1.0)),
        trial(3, (3.0, 3.0)),
        trial(4, (1.0, 9.0)),
    ]
    assert [each.index for each in front(trials)] == [0, 1, 2]
    assert best(trials).index == 0
