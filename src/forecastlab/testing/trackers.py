"""What every tracker must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

from forecastlab.tracking.tracker import Tracker

Check = Callable[[Tracker], None]


def a_run_is_recorded_from_start_to_finish(tracker: Tracker) -> None:
    """A study takes a run with all that a run may say; what it kept it finds again by the run's identity."""
    study = tracker.open("contract", "What every tracker must do")
    parent = study.start("parent", None, {}, {"runs": 1})
    run = study.start("child", parent, {"forecastlab.key": "k1"}, {"model.part": "naive", "horizon": 4, "none": None})
    assert run.id and run.id != parent.id, "runs share an id"
    run.metrics({"wape.select": 0.25, "undefined": math.nan, "odd/name=100%": 1.0})
    run.metrics({"wape.by_fold": 0.5}, 3)
    run.tags({"a": "b"})
    run.note("a *note*")
    run.dataset("data", "f" * 32, "somewhere", {"customer_id": "str"}, {"rows": 3}, "backtest")
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        file = Path(place, "file.txt")
        file.write_text("kept", encoding="utf-8")
        run.artifact(file, "folder")
    assert run.finish("FINISHED"), "a run waits although nothing holds it up"
    found = study.find("k1")
    assert study.find("another") is None, "a run was found that is not there"
    if found is not None:
        parent.link(found)
    assert parent.finish("FINISHED"), "a run waits although nothing holds it up"
    if found is None:
        assert not study.runs(), "runs are kept but not found by their identity"
        return
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        assert study.fetch(found, "folder/file.txt", Path(place)).read_text(encoding="utf-8") == "kept"


CHECKS: tuple[Check, ...] = (a_run_is_recorded_from_start_to_finish,)
