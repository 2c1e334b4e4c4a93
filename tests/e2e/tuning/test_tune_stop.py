"""Ctrl-C in the middle of a search: it leaves soon, says what to type, and the table of trials is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

WORDS = [
    "tune",
    "dataset=cdnow",
    "segmentation=none",
    "model=regression",
    "backtest.select=3",
    "backtest.test=1",
    "backtest.horizon=2",
    "study=hunt",
    "tuning.trials=500",
    "tuning.batch=2",
]
AT_MOST = 5
"""Seconds of the processor that leaving may take; the clock on the wall may show more where others work, too."""


def test_when_ctrl_c_is_pressed_then_it_leaves_and_what_is_finished_is_kept(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("forecastlab")), *WORDS, f"root={tmp_path}"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("  trial 3"):
            break
    before, start = _cpu(process.pid), time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    spent = before
    while process.poll() is None and time.monotonic() - start < 60:
        spent = max(spent, _cpu(process.pid))
        time.sleep(0.05)
    out, err = process.communicate()
    assert process.returncode == 130
    assert spent - before < AT_MOST
    assert "of 500 trials are kept" in out
    assert "type the same command to go on" in err and len(err.strip().splitlines()) == 1
    trials = pd.read_csv(tmp_path / "studies/hunt/tuning/trials.csv")
    assert list(trials["trial"])[:4] == [0, 1, 2, 3]


def _cpu(pid: int) -> float:
    """CPU seconds of the process so far; 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
