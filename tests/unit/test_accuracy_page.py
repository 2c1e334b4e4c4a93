"""The tables of docs/accuracy.md: made of what studies left, averages weighted by series."""

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "accuracy.py"


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("accuracy_page", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def left(root, study, name, **values):
    """What a finished run leaves behind, as far as the page reads it."""
    place = root / "studies" / study / "runs" / f"{name}-key"
    place.mkdir(parents=True)
    (place / "run.json").write_text(json.dumps({"name": name, "seconds": 2.0}))
    rows = []
    for metric, value in values.items():
        where = {"role": "test", "level": "series", "segment": "", "metric": metric, "cutoff": pd.NaT}
        rows += [where | {"step": 0, "value": value}, where | {"step": 1, "value": value / 2}]
        rows += [where | {"role": "select", "step": 0, "value": -1.0}]
    pd.DataFrame(rows).to_parquet(place / "scores.parquet")


SCORES = {"coverage80": 0.8, "coverage95": 0.95, "msis": 9.0}


def test_when_all_frequencies_were_run_then_the_average_is_that_over_all_series(page, tmp_path):
    for frequency, smape in (("yearly", 15.0), ("quarterly", 9.0), ("monthly", 13.0), ("other", 4.0)):
        left(tmp_path, f"m3_{frequency}", "mine", smape=smape, mase=1.0, **SCORES)
    row = page.accuracy(page.runs_of(tmp_path, "m3"), "m3").splitlines()[2]
    # (645 · 15 + 756 · 9 + 1428 · 13 + 174 · 4) / 3003 = 35739 / 3003
    assert row == "| `mine` | 15.00 | 9.00 | 13.00 | 4.00 | 11.90 | 1.00 | 1.00 | 1.00 | 1.00 | 1.000 | 8 |"


def test_when_a_frequency_is_missing_then_there_is_no_average(page, tmp_path):
    left(tmp_path, "tourism_yearly", "mine", mase=2.5, mape=20.0, **SCORES)
    lines = page.accuracy(page.runs_of(tmp_path, "tourism"), "tourism").splitlines()
    assert lines[2] == "| `mine` | 2.50 | – | – | – | – |"
    assert lines[3] == "| *the competition's best* | 2.28 | 1.43 | 1.38 | – | – |"


def test_when_intervals_are_told_then_by_series_and_by_step(page, tmp_path):
    left(tmp_path, "m3_other", "mine", smape=4.0, mase=1.0, **SCORES)
    runs = page.runs_of(tmp_path, "m3")
    assert page.coverage(runs, "m3").splitlines()[2] == "| `mine` | other | 80.0 | 95.0 | 9.00 |"
    assert page.by_step(runs, "mine").splitlines() == ["| step | other |", "| --- | ---: |", "| 1 | 40 / 48 |"]


def test_when_a_table_is_placed_then_it_stands_between_its_marks_and_only_there(page):
    empty = "a\n<!-- m3 -->\n<!-- /m3 -->\nb\n<!-- m3 steps -->\n<!-- /m3 steps -->"
    once = page.placed(empty, "m3", "|x|")
    assert once == empty.replace("<!-- m3 -->\n", "<!-- m3 -->\n\n|x|\n\n")
    assert page.placed(once, "m3", "|y|") == once.replace("x", "y")
    with pytest.raises(SystemExit, match="no place"):
        page.placed("", "m3", "|x|")
