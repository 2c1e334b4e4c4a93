"""Values that do not fit each other are found when a config is built, before any data is read."""

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError

WORDS = ["dataset=cdnow", "tracking=none", "model=ces"]


def test_when_a_named_model_is_not_there_then_the_config_is_wrong_where_it_was_said():
    with pytest.raises(ConfigError, match=r"unknown-model: override model\.model=AutoCSE.*did you mean AutoCES\?"):
        build(compose([*WORDS, "model.model=AutoCSE"]))


def test_when_the_mistake_is_inside_a_combination_then_its_place_is_named():
    words = ["dataset=cdnow", "tracking=none", "model=ensemble", "+model@model.members.ces=ces"]
    with pytest.raises(ConfigError, match=r"model\.members\.ces\.parameters\.sp: AutoCES has no parameter sp"):
        build(compose([*words, "+model.members.ces.parameters.sp=3"]))


@pytest.mark.parametrize(("method", "code"), [("ensemble", "not-fitted"), ("btyd", "reads-base")])
def test_when_a_method_without_a_fit_of_its_own_or_with_customers_is_to_be_adjusted_then_it_is_told(
    method: str, code: str
) -> None:
    with pytest.raises(ConfigError, match=f"{code}.*model.method"):
        build(compose(["dataset=cdnow", "tracking=none", "model=adjusted", f"model@model.method={method}"]))
