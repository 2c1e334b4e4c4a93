"""A budget in seconds of the processor, turned into a number of trials."""

import dataclasses

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError
from forecastlab.task.searches import searches

QUESTION = ["dataset=cdnow", "segmentation=none", "study=hunt"]


@pytest.mark.parametrize(
    ("budget", "seconds", "trials"),
    [(None, 9.0, 40), (60, 2.5, 24), (60, 2.51, 23), (60, 100.0, 1), (60, 0.0, 40), (60, 1.0, 40)],
)
def test_when_a_budget_is_given_then_it_pays_so_many_trials(budget, seconds, trials):
    search = dataclasses.replace(build(compose([])).tuning, trials=40, budget=budget)
    assert search.affordable(seconds) == trials


def test_when_runs_are_searched_each_then_every_search_has_its_own_place_and_the_others_run_as_they_are():
    plan = searches([*QUESTION, "model=naive,ridge,theta", "tuning.nested=true"], None, True)
    assert [asked.name for asked in plan.searches] == ["ridge", "theta"]
    assert [asked.files.folder.as_posix() for asked in plan.searches] == [
        "mlruns/studies/hunt/tuning/ridge",
        "mlruns/studies/hunt/tuning/theta",
    ]
    assert [asked.title for asked in plan.searches] == ["hunt/ridge", "hunt/theta"]
    assert [run.name for run in plan.plain] == ["naive"]
    assert {d.key for d in plan.searches[0].space.space} == {"model.strength", "model.target", "model.fit_by"}


def test_when_a_budget_came_to_so_many_trials_then_the_found_config_says_so():
    (asked,) = searches([*QUESTION, "model=theta", "tuning.budget=60"], None, False).searches
    recipe = asked.space.limited(7).recipe({"model.variant": "optimized", "model.decomposition": "additive"})
    assert recipe.tuning.trials == 7 == recipe.plain["tuning"]["trials"] and recipe.plain["tuning"]["budget"] == 60
    assert recipe.experiment.model.variant == "optimized"


@pytest.mark.parametrize(
    ("words", "multirun", "typed"),
    [
        (["model=ridge", "tuning.nested=true"], False, "-m model="),
        (["model=ridge", "tuning.nested=true"], True, "-m model="),
        (["model=ridge,theta"], True, "tuning.nested=true"),
        (["model=naive,seasonal_naive", "tuning.nested=true"], True, "tuning.over="),
    ],
)
def test_when_there_is_nothing_to_search_each_then_the_error_says_what_to_type(words, multirun, typed):
    with pytest.raises(ConfigError) as caught:
        searches([*QUESTION, *words], None, multirun)
    assert len(caught.value.faults) == 1 and typed in caught.value.faults[0].fix
