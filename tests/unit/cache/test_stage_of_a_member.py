from types import SimpleNamespace

import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.jobs import ForecastJob


@pytest.mark.parametrize("member", ["theta", "route.active__high", "65+", "a/b", "..", "für alle"])
def test_when_a_member_or_segment_has_any_name_then_its_answers_have_a_place(tmp_path, member):
    stage = ForecastJob.stage.fget(SimpleNamespace(name=member))
    store = Store(tmp_path)
    assert store.find(stage, "0" * 64) is None
    kept = store.keep(stage, "0" * 64, lambda folder: (folder / "x").touch(), {})
    assert kept == store.find(stage, "0" * 64) and kept.is_relative_to(tmp_path / "forecast")
