"""The benchmark beside other libraries runs, and the work is the same. What it measures is not judged here."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "peers.py"


def test_when_two_libraries_do_the_same_backtest_then_their_errors_are_the_same(tmp_path):
    words = ["--series", "4", "--rounds", "1", "--cases", "ets", "--tools", "forecastlab", "sktime"]
    command = [sys.executable, str(SCRIPT), *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    ours, theirs = (json.loads(line) for line in lines if line.startswith("{"))
    assert [ours["tool"], theirs["tool"]] == ["forecastlab", "sktime"]
    assert ours["smape"] == theirs["smape"]
    assert ours["smape"]["rows"] == 4 * 3 * 18
    assert "multiple of sktime's" in lines[-1]
    assert list(tmp_path.iterdir()) == []
