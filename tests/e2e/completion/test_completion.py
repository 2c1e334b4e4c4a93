"""Tab in a real shell: commands, groups, choices, keys of what is chosen, own files; and nobody waits for pandas."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from debian import program

from forecastlab.cli import COMMANDS, main

BIN = Path(sys.executable).parent
PRESS = r"""
eval "$(forecastlab completion bash)"
COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
_forecastlab forecastlab
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "my_conf/model/mine.yaml": "# Mine.\npart: mine\nshare: 1.0\nmore: {deep: 1}\n",
        "my_conf/experiments/question.yaml": "# @package _global_\ndefaults: [{override /model: mine}]\n",
        "my_conf/dataset/shop.yaml": "defaults: [csv, _self_]\npart: csv\n",
        "my_parts.py": "PARTS = {}\n",
        "other.py": "x = 1\n",
        "mlruns/studies/cuts/leaderboard.csv": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def pressed(folder):
    """What bash is offered when Tab is pressed at the end of a line; after a sign like = only what comes after it."""

    def press(line):
        environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        words = ["bash", "--norc", "-c", PRESS, "bash", line]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        assert not done.stderr, done.stderr
        return done.stdout.split()

    return press


def offered(line, capsys):
    assert main(["complete", "zsh", line]) == 0
    return capsys.readouterr().out.split()


def test_when_tab_is_pressed_in_bash_then_it_offers_what_may_come(pressed):
    assert {*COMMANDS} <= {*pressed("forecastlab ")}
    assert pressed("forecastlab pl") == ["plan"]
    assert pressed("forecastlab run model=seas") == ["seasonal_naive"]
    assert pressed("forecastlab run model=regression model.features.lags.l") == ["model.features.lags.lags="]
    assert pressed("forecastlab run +experiments=quick") == ["quickstart"]
    assert pressed("forecastlab run --config-dir my_conf model=mi") == ["mine"]
    assert pressed("forecastlab run never") == []


def test_when_zsh_reads_the_script_then_it_is_in_order():
    script = subprocess.run(
        [BIN / "forecastlab", "completion", "zsh"], capture_output=True, text=True, check=True
    ).stdout
    done = subprocess.run(
        [program("zsh", "zsh"), "-f", "-c", script + "\nwhence -w _forecastlab"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "function" in done.stdout, done.stderr


OWN = "--config-dir my_conf"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("run segm", ["segmentation.", "segmentation="]),
        ("run segmentation=li", ["segmentation=lifecycle", "segmentation=lifecycle_rhythm"]),
        ("run -m model=naive,seas", ["model=naive,seasonal_naive"]),
        ("run -m model=naive,naive2,nai", []),
        ("run metric=[wape,mas", ["metric=[wape,mase"]),
        ("run model=theta model.", ["model.decomposition=", "model.variant="]),
        ("run backtest=rolling backtest.w", ["backtest.window="]),
        ("run backtest.ho", ["backtest.horizon="]),
        ("run compare.", ["compare.alpha=", "compare.baseline=", "compare.level=", "compare.metric="]),
        ("run ora", ["oracle="]),
        ("run oracle=", ["oracle=false", "oracle=true"]),
        ("run +ex", ["+experiments="]),
        (f"run {OWN} +experiments=que", ["+experiments=question"]),
        (f"run {OWN} +experiments=question model.", ["model.more.", "model.share="]),
        (f"run {OWN} model=mine model.more.", ["model.more.deep="]),
        (f"run {OWN} dataset=shop dataset.encod", ["dataset.encoding="]),
        ("plan --config-dir=my_conf model=mi", ["model=mine"]),
        ("run --config-dir my", ["my_conf"]),
        ("run --trust ", ["my_parts"]),
        ("run --cf", ["--cfg"]),
        ("run --cfg ", ["job"]),
        ("run --info se", ["searchpath"]),
        ("list segm", ["segmentation"]),
        ("compare study=c", ["study=cuts"]),
        ("check p", ["parts"]),
        (f"check parts {OWN} ", ["dataset/shop", "experiments/question", "model/mine"]),
        ("check leakage model=dynamic_o", ["model=dynamic_optimized_theta"]),
        ("cache p", ["prune"]),
        ("completion ", ["bash", "zsh"]),
        ("nonsense x", []),
        ("run 'model=seas", ["model=seasonal_naive"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_when_a_line_is_begun_then_all_ways_to_go_on_are_offered(line, expected, folder, capsys):
    assert offered(f"forecastlab {line}", capsys) == expected


def test_when_a_file_is_broken_then_the_rest_is_offered_all_the_same(folder, capsys):
    (folder / "my_conf/model/mine.yaml").write_text("part: [\n", encoding="utf-8")
    assert offered(f"forecastlab run {OWN} model=mine model.", capsys) == []
    assert "backtest." in offered(f"forecastlab run {OWN} model=mine back", capsys)


def test_when_a_shell_is_unknown_then_the_known_ones_are_named(capsys):
    assert main(["completion", "fish"]) == 2
    assert "allowed are bash, zsh" in capsys.readouterr().err


def test_when_tab_is_pressed_then_the_answer_is_there_at_once(folder):
    program = "import sys; from forecastlab.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    line = "forecastlab run --config-dir my_conf model=regression model.features.l"
    words = [sys.executable, "-c", program, "complete", "bash", line]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(3):
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.split() == ["model.features.lags."]
    assert not {"pandas", "numpy", "hydra", "omegaconf", "pydantic", "duckdb"} & {*done.stderr.split()}
    assert (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 3 < 0.3
