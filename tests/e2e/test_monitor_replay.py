"""A backtest told again as if its method had been in use, by the real command and by the benchmark."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from forecastlab.cli import main

SHOP = [
    "dataset=synthetic",
    "dataset.customers=150",
    "dataset.days=364",
    "segmentation=none",
    "target.series_by=[region]",
]
FOLDS = ["backtest.horizon=2", "backtest.step=2", "backtest.select=6", "backtest.test=3", "backtest.min_train=20"]
CHEAP = ["executor=serial", "tracking=none"]
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "monitor.py"


@pytest.fixture(scope="module")
def replayed(tmp_path_factory, module_monkeypatch):
    folder = tmp_path_factory.mktemp("replay")
    module_monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def module_monkeypatch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_when_a_backtest_is_replayed_then_every_test_fold_is_a_check_and_a_page_tells_it(replayed, capsys):
    assert main(["monitor", "--replay", *SHOP, *FOLDS, *CHEAP, "model=naive", "study=again"]) == 0
    lines = capsys.readouterr().out.splitlines()
    checks = [line for line in lines if line[:1] in "✓✗!·" and line[2:6].isdigit()]
    assert len(checks) == 3
    page = (replayed / "mlruns/monitor/replay/again.html").read_text("utf-8")
    assert "Replay of again" in page and page.count('data-sort="2') >= 3


def test_when_several_runs_are_asked_then_one_must_be_named(replayed, capsys):
    words = ["monitor", "--replay", *SHOP, *FOLDS, *CHEAP, "++sweep={model: 'naive,theta'}"]
    assert main(words) == 2
    assert "one-run" in capsys.readouterr().err


def test_when_there_are_no_selection_folds_then_the_error_says_what_to_type(replayed, capsys):
    words = ["monitor", "--replay", *SHOP, *FOLDS, *CHEAP, "model=naive", "backtest.select=0"]
    assert main(words) == 2
    assert "backtest.select=12 backtest.test=6" in capsys.readouterr().err


def test_when_the_benchmark_runs_on_one_small_shop_then_it_tells_both_tables(tmp_path):
    small = ["dataset.customers=150", "model=naive", "backtest.select=6"]
    command = [sys.executable, str(SCRIPT), "--shops", "1", "--first", "2001", *small]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shops = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(shop["break"], shop["checks"], shop["before"]) for shop in shops] == [(False, 6, 2), (True, 6, 2)]
    assert "no break: 1 shops, 6 checks" in done.stdout and "found by check" in done.stdout
    assert list(tmp_path.iterdir()) == []
