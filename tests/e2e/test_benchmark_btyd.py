"""The benchmark of buy-till-you-die fits runs, and both sides find the same values. What it measures is not judged."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "btyd.py"


def test_when_the_benchmark_runs_on_a_few_customers_then_all_tools_fit_the_same_values(tmp_path):
    command = [sys.executable, str(SCRIPT), "--customers", "20000", "--rounds", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = {row["tool"]: row["values"] for row in map(json.loads, filter(_is_row, done.stdout.splitlines()))}
    ours = rows["forecastlab BG/NBD"]
    for tool in ("lifetimes BG/NBD, weighted", "lifetimes BG/NBD, plain"):
        np.testing.assert_allclose(rows[tool], ours, rtol=5e-3)


def _is_row(line):
    return line.startswith("{")
