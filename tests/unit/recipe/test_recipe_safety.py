"""A config cannot run code, reach for Hydra's own settings, or name places to read from."""

import json
import subprocess
import sys

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError

PROGRAM = r"""
import json, sys
from pathlib import Path
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError

build(compose([]))  # all that is imported is imported before the watch begins
canary, folder, calls = Path(sys.argv[1]), Path(sys.argv[2]), []

def watch(event, args):
    if event in ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "pickle.find_class", "os.remove"):
        calls.append(event)
    if event == "open" and str(canary) in str(args[0]):
        calls.append("canary")

sys.addaudithook(watch)
answers = []
for words in json.loads(sys.argv[3]):
    try:
        build(compose(words, folder if words[-1].startswith("model=evil") else None))
        answers.append([words, None])
    except ConfigError as error:
        answers.append([words, [str(fault) for fault in error.faults]])
print(json.dumps([calls, answers]))
"""

FILES = {
    "evil_tag": "part: !!python/object/apply:os.system ['touch CANARY']\n",
    "evil_target": "part: naive\n_target_: os.system\n_args_: ['touch CANARY']\n",
    "evil_nested": "part: theta\nvariant: {_target_: os.system, _args_: ['touch CANARY']}\ndecomposition: additive\n",
    "evil_module": "part: os\n",
    "evil_dotted": "part: os.system\n",
    "evil_private": "part: _state\n",
    "evil_place": "# @package _global_\nhydra:\n  searchpath: [file:///tmp]\n",
}


def test_when_a_config_names_code_then_nothing_runs_and_each_key_is_refused(tmp_path):
    canary, folder = tmp_path / "canary", tmp_path / "conf"
    (folder / "model").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / "model" / f"{name}.yaml").write_text(text.replace("CANARY", str(canary)), encoding="utf-8")
    code = "{_target_: os.system, _args_: [touch " + str(canary) + "]}"
    vectors = [
        ["+_target_=os.system", "+model._target_=os.system", f"+target.more={code}", "+backtest._partial_=true"],
        [f"target.series_by=[{code}]", f"levels=[{code}]", f"root={code}"],
        ["model.part=os.system", "dataset.part=subprocess", "calibrate.part=../../os", "executor.part=__init__"],
        *([f"model={name}"] for name in FILES),
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(canary), str(folder), json.dumps(vectors)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    calls, answers = json.loads(done.stdout.splitlines()[-1])
    assert calls == [] and not canary.exists()
    assert len(answers) == len(vectors)
    for words, found in answers:
        assert found is not None and len(found) >= len(words), (words, found)


def test_when_hydras_own_settings_are_reached_for_then_each_is_forbidden():
    words = [
        "hydra.run.dir=/tmp/x",
        "+hydra.searchpath=[file:///tmp]",
        "hydra/launcher=joblib",
        "hydra.job_logging.root.level=DEBUG",
        "+hydra.callbacks.x._target_=os.system",
        "~hydra.sweep",
    ]
    with pytest.raises(ConfigError) as caught:
        compose(words)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("forbidden-key", f"override {word}") for word in words
    ]


def test_when_a_file_sets_hydras_own_settings_then_it_is_forbidden(tmp_path):
    (tmp_path / "model").mkdir()
    text = "# @package _global_\nhydra:\n  run: {dir: /tmp/elsewhere}\nmodel: {part: naive}\n"
    (tmp_path / "model" / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        build(compose(["model=mine"], tmp_path))
