"""Routes as a config says them: nested methods, no other way, segments that are not there."""

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError

ROUTE = ["dataset=cdnow", "segmentation=lifecycle", "tracking=none", "model=route"]


def test_when_a_route_is_composed_then_every_way_leads_to_its_method():
    model = build(compose(ROUTE)).experiment.model
    assert {name: type(part).__name__ for name, part in model.routes.items()} == {
        "new": "Naive",
        "active": "Arima",
        "declining": "Ets",
    }
    assert type(model.other).__name__ == "Theta"


def test_when_there_is_no_other_way_then_segments_without_a_route_are_an_error():
    with pytest.raises(ConfigError, match=r"no-route: model\.other: no route leads from mature, lost"):
        build(compose([*ROUTE, "model.other=null"]))


def test_when_a_route_is_for_no_segment_then_the_nearest_is_named():
    with pytest.raises(ConfigError, match=r"there is no segment activ,.*did you mean active\?"):
        build(compose([*ROUTE, "+model@model.routes.activ=naive"]))


def test_when_a_member_that_is_to_be_used_is_not_there_then_the_nearest_is_named():
    words = ["dataset=cdnow", "segmentation=none", "tracking=none", "model=ensemble", "model.use=[thta,ets]"]
    with pytest.raises(
        ConfigError, match=r"unknown-member: model\.use: there is no member thta,.*did you mean theta\?"
    ):
        build(compose(words))


def test_when_a_route_leads_to_a_combination_then_it_builds():
    model = build(compose([*ROUTE, "model@model.routes.new=ensemble_weighted"])).experiment.model
    assert sorted(model.routes["new"].members) == ["arima", "ets", "theta"]


def test_when_a_combination_has_a_route_as_member_then_it_builds():
    words = ["dataset=cdnow", "segmentation=lifecycle", "tracking=none", "model=ensemble", "+model@model.members.r=route"]  # fmt: skip  # noqa: E501
    assert type(build(compose(words)).experiment.model.members["r"]).__name__ == "Route"
