"""Segmentations that are made of others, as the command line composes them."""

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError


def crossed(*words):
    return build(compose(["segmentation=product", *words])).experiment.segmentation


@pytest.mark.parametrize(
    ("words", "segments"),
    [
        ((), 18),
        (("segmentation@segmentation.second=demographic",), 30),
        (("segmentation@segmentation.second=rfm", "segmentation.second.window=8 weeks"), 30),
        (("segmentation@segmentation.first=demographic", "segmentation@segmentation.second=kmeans"), 30),
        (("segmentation@segmentation.second=random",), 36),
        (("segmentation.first.prospects=true",), 19),
    ],
)
def test_when_two_segmentations_are_chosen_then_their_pairs_are_the_segments(words, segments):
    assert len(crossed(*words).segments) == segments


def test_when_two_windows_differ_then_what_is_told_to_type_works():
    words = ["segmentation@segmentation.second=rfm"]
    with pytest.raises(ConfigError) as caught:
        crossed(*words)
    (fault,) = caught.value.faults
    typed = fault.fix.removeprefix("type ").strip('"').replace("'", "")
    assert fault.code == "two-windows"
    assert crossed(*words, typed).window == "8 weeks"


def test_when_the_window_is_no_duration_then_that_is_told_before_any_data_is_read():
    with pytest.raises(ConfigError, match="9 moons"):
        build(compose(["segmentation=clv_tier", "segmentation.window=9 moons"]))


def test_when_prospects_are_counted_then_no_route_has_to_lead_from_them():
    words = ["segmentation=lifecycle", "segmentation.prospects=true", "model=route"]
    routed = build(compose(words)).experiment
    assert "prospect" in routed.segmentation.segments
    with pytest.raises(ConfigError, match="no segment prospect"):
        build(compose([*words, "+model@model.routes.prospect=theta"]))
