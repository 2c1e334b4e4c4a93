"""What a search may choose from, and how declared spaces are read."""

import pytest

from forecastlab.recipe import compose
from forecastlab.recipe.space import searchable
from forecastlab.schema import ConfigError
from forecastlab.tuning.space import Dimension, Proposal, Trial, best, front, grid_point

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


@pytest.mark.parametrize(
    ("over", "code"),
    [
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
    points = [grid_point(space, index) for index in range(5)]
    assert points == [{"a": "x", "b": 1}, {"a": "x", "b": 2}, {"a": "x", "b": 3}, {"a": "y"}, None]


def test_when_there_are_two_objectives_then_the_front_is_what_nothing_beats():
    trials = [
        trial(0, (1.0, 9.0)),
        trial(1, (2.0, 2.0)),
        trial(2, (3.0, 1.0)),
        trial(3, (3.0, 3.0)),
        trial(4, (1.0, 9.0)),
    ]
    assert [each.index for each in front(trials)] == [0, 1, 2, 4]
    assert best(trials).index == 0
