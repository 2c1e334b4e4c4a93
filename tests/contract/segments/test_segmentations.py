"""Every YAML of conf/segmentation keeps the contract of segmentations."""

import pytest

from forecastlab.recipe import check
from forecastlab.recipe.compose import compose, options
from forecastlab.schema import Frequency
from forecastlab.stages.calendar import Calendar
from forecastlab.testing.logs import random_rows, write_log
from forecastlab.testing.segmenters import CHECKS


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    return write_log(random_rows(7, 60, 200, 1_500, "2024-01-03"), path, "2024-01-03", "2024-07-20", False)


@pytest.fixture(scope="module", params=options("segmentation"))
def segmenter(request):
    composed = compose([f"segmentation={request.param}"])
    faults = []
    part = check.part("segmentation", composed.values["segmentation"], "segmentation", composed, faults)
    assert not faults
    return part


@pytest.mark.parametrize("contract", CHECKS, ids=lambda contract: contract.__name__)
def test_when_a_segmentation_is_checked_then_it_keeps_the_contract(contract, segmenter, log):
    contract(segmenter, log, Calendar(Frequency("W-SUN"), 28, 52))
